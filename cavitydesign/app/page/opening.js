// What the explorer was given and may open: designs, results, studies.

const byId = (id) => document.getElementById(id);

// use(opened): shows an item.
export function wireOpening(channel, start, use) {
  const names = start.listing.map((one) => one.name);
  if (!names.includes(start.opened.name)) names.unshift(start.opened.name);
  byId("open").replaceChildren(...names.map((name) => new Option(name, name)));
  byId("open").value = start.opened.name;
  byId("open").closest("label").hidden = names.length < 2;
  byId("open").addEventListener("change", async (event) => {
    const work = channel.busy.begin("the opening of a file");
    try {
      const opened = await channel.json("api/open", { name: event.target.value });
      channel.trouble("");
      use(opened);
    } catch (error) {
      channel.report(error);
    } finally {
      channel.busy.done(work);
    }
  });
}
