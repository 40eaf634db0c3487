/**
 * What the fixture sources are about. A line a topic: its name, what it does in a sentence, its fields, its three functions.
 * Made up for this project; the questions of fixtures/queries.txt find something in one half or the other.
 */
export interface Topic {
  readonly name: string;
  readonly does: string;
  readonly fields: readonly string[];
  readonly functions: readonly string[];
}

/** A library for web servers. */
export const WEB_TOPICS = parse(`
cookie       | set a cookie on the response and read it back from a request | name value path domain expires | setCookie parseCookie signCookie
cors         | answer a preflight with the cors origin and the allowed headers | origin methods headers credentials | allowOrigin preflightHeaders isAllowed
static-files | serve static files from disk with the right content type | root pathname mime fallback | serveStatic contentTypeOf resolveFile
compose      | compose middleware so that each calls next and errors reach the handler | stack index context handler | composeMiddleware dispatchNext runHandlers
validator    | validate the request body against a schema before the handler sees it | schema body target issues | validateBody describeIssue coerceValue
form-data    | parse form data and multipart bodies into fields and files | boundary part disposition encoding | parseFormData readPart splitBoundary
streaming    | stream the response body in pieces and stop when the reader goes away | chunk controller aborted sleep | streamBody pipeChunks onAbort
jwt          | verify a jwt token: its signature, issuer and expiry; sign one | header payload secret algorithm | verifyToken signToken decodeClaims
basic-auth   | basic authentication with a user name and a password | username password realm hash | basicAuth timingSafeEqual challengeOf
bearer-auth  | bearer auth middleware: a token in the authorization header | token prefix realm scheme | bearerAuth tokenOf rejectToken
etag         | send an etag, and not modified when the client already has it | digest weak matches body | makeEtag notModified stripWeak
connection   | getConnInfo: remote address, port and transport of a connection | address port transport family | getConnInfo remoteAddress isLoopback
request      | HonoRequest wraps a raw request: parameters, query, headers, cached body | raw params query cached | HonoRequest queryOf headerOf
compress     | compress the response with gzip or deflate when it is worth it | encoding threshold level length | compressBody gzipStream isCompressible
not-found    | error handler and not found handler of an application | error status message stack | handleError notFound formatMessage
websocket    | websocket upgrade of a connection, messages and close codes | socket protocol message code | upgradeWebSocket sendMessage closeSocket
router       | route a request to a handler by url pattern and method | method pattern routes handlers | addRoute matchRoute routeParams
trie         | trie router: insert a path segment by segment, match with wildcards | node children label wildcard | insertNode searchTrie labelOf
html         | html escape of text put into a template | template value buffer raw | escapeHtml renderTemplate rawHtml
jsx          | jsx element render to a string, with fragments and keys | tag props children key | renderElement createElement flattenChildren
cache        | cache control header: max age, private, stale while revalidate | maxAge directives vary store | cacheControl parseDirectives isFresh
timeout      | timeout of a request: abort the handler and answer that it took too long | duration timer signal reason | withTimeout clearTimer abortAfter
accept       | parseAccept: media types with quality, the best that is supported | type quality supported fallback | parseAccept bestMatch sortByQuality
client       | fetch with a typed client: import context and infer the types from the routes | base routes init response | createClient typedFetch buildUrl
`);

/** An index of code that is synced to a bucket. */
export const INDEX_TOPICS = parse(`
refs         | the ref is moved by compare and swap, with the etag that was read | etag generation manifest heads | moveRef compareAndSwap readHead
footer       | parse the footer of a lance file: offsets, versions, magic bytes | offset version columns magic | parseFooter readMagic columnOffsets
tokens       | tokenize code identifiers: camel case, snake case, digits | identifier part lower position | tokenize splitIdentifier lowerCase
retry        | retry a request after a rate limit, with jitter and a bound | attempt delay jitter limit | withRetry backoffOf retryAfter
locks        | acquireLock: one process at a time, a lock of the dead is taken over | owner pid path stale | acquireLock releaseLock isStale
secrets      | secrets are kept out of the index: keys, tokens, passwords | pattern entropy line finding | findSecrets entropyOf redactLine
bm25         | BM25 score of a document: term frequency, length, idf | frequency length average idf | scoreDocument idfOf saturate
bitmap       | decode a roaring bitmap: arrays, bitsets and runs | container key cardinality run | decodeBitmap readContainer hasValue
exits        | exit code for a wrong api key and for each other error | code status error hint | exitCodeOf statusOf describeError
objects      | download objects, verify sha256 and rename them into place | key size sha256 target | downloadObjects verifyHash renameInto
fragments    | upload a fragment in equal parts and complete it once all are there | part upload total fragment | uploadFragment splitParts completeUpload
worktree     | a worktree snapshot is never pushed unless asked | snapshot dirty branch files | snapshotWorktree isDirty listChanged
half         | half precision floats to float32 and back | mantissa exponent sign half | halfToFloat floatToHalf isSubnormal
bitpack      | unpack bit packed integers of any width | width packed lanes values | unpackBits packBits maskOf
chunks       | chunk a file by syntax tree into pieces of bounded size | node budget start end | chunkFile splitNode mergeSmall
symbols      | the enclosing symbol of a function: class, module, namespace | scope parent kind qualified | enclosingSymbol qualifiedName walkUp
clone        | clone a repository over http and fetch only what is new | remote refs depth pack | cloneRepository fetchPack advertise
ignore       | ignore rules of gitignore: negation, folders, globs | rule negated anchored glob | ignoreRules matchesRule parseRule
embedding    | embedding of a query: vector of its pieces, normalised | pieces vector weight norm | embedQuery averagePieces normalise
signs        | sign bits of a vector and the distance between two | bits words distance mask | signBits hamming countOnes
fusion       | reciprocal rank fusion of keyword and vector results | rank weight lists fused | fuseRanks reciprocal mergeLists
snippet      | snippet highlights: the lines that answer, and where | lines highlights window best | makeSnippet findHighlights bestWindow
atomic       | atomic rename of a file after a flush, never half of it | temporary target handle mode | writeAtomic flushFile renameFile
canonical    | manifest in canonical json, so that its hash is its name | keys manifest text hash | canonicalJson sortKeys hashOf
`);

function parse(table: string): readonly Topic[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", does = "", fields = "", functions = ""] = line.split("|").map((cell) => cell.trim());
      return { name, does, fields: fields.split(" "), functions: functions.split(" ") };
    });
}
