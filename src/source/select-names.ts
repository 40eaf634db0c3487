/** What a file's name alone tells: tables for select-file.ts. Names are compared in lower case. */

/**
 * Extensions of formats that are no text. Only those that nothing else uses: `.pb`, `.mo`, `.dat`, `.pdb` and the like are sources
 * or plain data as well, and their bytes tell.
 */
export const BINARY_EXTENSIONS = setOf(`
  7z aac aiff apk avi avif bmp bz2 deb dll dmg docx dylib ear eot exe feather flac flv gif gz h5 heic hdf5 icns ico ipa iso
  jar jpeg jpg jxl lz4 lzma m4a m4v mkv mov mp3 mp4 mpeg mpg npy npz nupkg odp ods odt ogg onnx opus otf parquet pdf pickle pkl
  png pptx psd pyc pyd pyo rar rlib safetensors so sqlite sqlite3 swf tar tbz tbz2 tflite tga tgz tif tiff ttf txz wasm wav
  webm webp whl wmv woff woff2 xcf xlsx xz zip zst
`);

/** Key stores: binary, but what matters is what they hold. */
export const KEY_STORE_EXTENSIONS = setOf("p12 pfx pkcs12 jks bks keystore kdbx ppk agekey");

/** Resolved dependencies: long, made by a tool, and said better by the manifest beside them. */
export const LOCK_FILES = setOf(`
  package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock cargo.lock gemfile.lock gems.locked
  poetry.lock pipfile.lock uv.lock pdm.lock pixi.lock conda-lock.yml conda-lock.yaml composer.lock go.sum go.work.sum flake.lock
  mix.lock rebar.lock pubspec.lock podfile.lock cartfile.resolved package.resolved packages.lock.json paket.lock gradle.lockfile
  buildscript-gradle.lockfile conan.lock shard.lock renv.lock stack.yaml.lock cabal.project.freeze module.bazel.lock
  .terraform.lock.hcl brewfile.lock.json project.assets.json
`);

/** Always credentials, whatever is in them. */
export const SECRET_FILES = setOf(`
  .netrc _netrc .git-credentials .htpasswd .pgpass pgpass.conf .my.cnf .mylogin.cnf .s3cfg .boto .vault-token .dockercfg .env .envrc.local
  id_rsa id_dsa id_ecdsa id_ed25519 id_ecdsa_sk id_ed25519_sk
  application_default_credentials.json kubeconfig .dockerconfigjson credentials.tfrc.json .vault_pass .vault-password master.key
`);

/** Credentials by where they lie: the end of the path. */
export const SECRET_PATHS = [
  ".aws/credentials",
  ".docker/config.json",
  ".kube/config",
  ".cargo/credentials.toml",
  ".gem/credentials",
  ".repobase/cloud.json",
  ".config/gh/hosts.yml",
  ".azure/accesstokens.json",
  ".azure/msal_token_cache.json",
];

/** What Terraform made and how to reach a cluster: whole files of credentials. */
export const STATE_NAMES = /\.tfstate(?:\.backup|\.\d+\.backup)?$|(?:^|[._-])kubeconfig(?:\.(?:ya?ml|json|conf))?$/;

/** `.env.production` and `prod.env` are credentials; what these name is a form to fill in. */
export const ENV_FORMS = /(?:^|[._-])(?:example|examples|sample|template|tmpl|dist|defaults?|schema)(?:[._-]|$)/;

/** Names that code generators give. */
export const GENERATED_NAMES =
  /(?:\.pb\.(?:go|cc|h|gw\.go|validate\.go|swift|dart)|_pb2(?:_grpc)?\.pyi?|_pb\.(?:js|ts|d\.ts)|\.g\.(?:dart|cs|i\.cs)|\.freezed\.dart|\.designer\.(?:cs|vb)|\.generated\.[a-z]+|_generated\.go|\.gen\.go|\.(?:js|css|mjs|cjs|ts|mts|cts)\.map|\/zz_generated\.[^/]*)$/;

export const MINIFIED_NAMES = /\.min\.(?:js|mjs|cjs|css|html)$/;

/** Text for people, whose paragraphs are often one line each. */
export const PROSE_EXTENSIONS = setOf("md mdx markdown txt rst adoc asciidoc tex org rtf");

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
