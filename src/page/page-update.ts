/** The new version of the page that is offered. */
import { observed } from "./observed.ts";

/** Makes the new page take over; undefined: there is none. */
export const pageUpdate = observed<(() => void) | undefined>(undefined);
