/** The version users see; the same as in package.json, which the bundler inlines. */
import { version as packageVersion } from "../package.json";

export const version: string = packageVersion;
