// Selection in the bin: the count, all with Ctrl+A, many by dragging.
import { Selection } from "./selection.js";
import { selectByDragging } from "./selection-drag.js";
import { selectByKeys } from "./selection-keys.js";

const form = document.querySelector("[data-selection]");
const selection = new Selection(form);
selectByDragging(selection, form.querySelector(".bin-grid"));
selectByKeys(selection, form);
