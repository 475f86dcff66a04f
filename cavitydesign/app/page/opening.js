// What the explorer was given and may open: designs, results, studies.

import { ended } from "./channel.js";

const byId = (id) => document.getElementById(id);
let shown = "";

// One at a time: who chooses another file waits no more for the last one.
export const opening = (channel, name, point) => channel.newest("open", "api/open", { name, point }, "the opening of a file");

// What is shown first; what takes long to open does not come with the start.
export const firstOf = async (channel, start) => start.opened || opening(channel, start.first);

// The menu names the file that the page shows, also where a link or a failed opening chose another one.
export function nameOpened(name) {
  shown = name;
  byId("open").value = name;
}

// use(opened): shows an item.
export function wireOpening(channel, start, use) {
  const names = start.listing.map((one) => one.name);
  const first = start.opened ? start.opened.name : start.first;
  if (!names.includes(first)) names.unshift(first);
  byId("open").replaceChildren(...names.map((name) => new Option(name, name)));
  nameOpened(first);
  byId("open").closest("label").hidden = names.length < 2;
  byId("open").addEventListener("change", async (event) => {
    try {
      const opened = await opening(channel, event.target.value);
      channel.trouble("");
      use(opened);
    } catch (error) {
      // one that a newer choice overtook leaves the menu to that choice
      if (!ended(error)) nameOpened(shown);
      channel.report(error);
    }
  });
}
