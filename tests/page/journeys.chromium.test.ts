/**
 * The page in a real browser, over the server on workerd: what people do there, on the screen of a phone and of a desk. All journeys
 * share one stage and one browser, which cost more than the journeys do.
 */
import { afterAll, beforeAll } from "bun:test";
import { accountJourneys } from "./journeys/account.ts";
import { askJourneys } from "./journeys/ask.ts";
import { fileJourneys } from "./journeys/file.ts";
import { notificationJourneys } from "./journeys/notifications.ts";
import { offlineJourneys } from "./journeys/offline.ts";
import { searchJourneys } from "./journeys/search.ts";
import { settingsJourneys } from "./journeys/settings.ts";
import { signInJourneys } from "./journeys/sign-in.ts";
import { viewJourneys } from "./journeys/views.ts";
import { type Stage, startStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => void (stage = await startStage()));
afterAll(() => stage.stop());

const on = () => stage;
signInJourneys(on);
searchJourneys(on);
fileJourneys(on);
viewJourneys(on);
askJourneys(on);
accountJourneys(on);
settingsJourneys(on);
notificationJourneys(on);
offlineJourneys(on);
