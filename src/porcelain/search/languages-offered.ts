/** The languages that a completion offers, by the names that results have. */
import { LANGUAGE_NAMES } from "../../search/language-names.ts";

export const languageNames = (): readonly string[] => Object.keys(LANGUAGE_NAMES);
