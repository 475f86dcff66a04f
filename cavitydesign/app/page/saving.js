// Files that the page hands out: the design, the table of modes, figures, fields for ParaView.

const byId = (id) => document.getElementById(id);

function handOut(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
}

// request(): the design as the server takes it; chosen(): label of the mode shown; view(): how its field is shown.
export function wireSaving(channel, { request, chosen, view }) {
  async function save(button, path, words, extra) {
    button.disabled = true;
    const work = channel.busy.begin(words);
    try {
      const answer = await channel.ask(path, { ...request(), ...extra });
      handOut(await answer.blob(), /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1]);
      channel.trouble("");
    } catch (error) {
      channel.report(error);
    } finally {
      button.disabled = false;
      channel.busy.done(work);
    }
  }
  const on = (id, act) => byId(id).addEventListener("click", (event) => act(event.currentTarget));
  on("save-design", (button) => save(button, "api/design", "the design file", {}));
  on("save-table", (button) => save(button, "api/table", "the table", {}));
  on("save-vtk", (button) => save(button, "api/vtk", "the VTK file", { label: chosen(), kind: byId("vtk-kind").value }));
  on("save-figure", (button) => save(button, "api/figure", "the figure", { kind: byId("figure-kind").value, format: byId("figure-format").value, label: chosen(), ...view() }));
}
