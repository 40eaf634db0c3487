/** What each view is given: the place it shows, of its own kind. */
import type { Place, ViewName } from "../router.ts";

export interface ViewProps<Name extends ViewName> {
  readonly place: Extract<Place, { view: Name }>;
}
