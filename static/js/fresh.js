// What runs in the document that rescue.js makes: writes an action that is sealed already. The page
// outside calls it.

import { Database } from "./database.js";
import { enter, touched } from "./tables.js";

globalThis.enterAction = (person, action) =>
  new Database(person).change(touched(action), (tx) => enter(tx, action));
