"""The graph of a run, drawn by pyvis in a frame: places are computed here, nothing moves by itself."""

import json
import re
from functools import cache
from string import Template
from typing import Any

import streamlit as st

from studio.view_models.trace_graph import EDGE_WORDS, RunGraph, run_graph
from studio.view_models.trace_network import DARK, LIGHT, MOST_NODES, Network, Palette, run_network
from studio.view_models.trace_tree import TraceTree

TITLE = "Graph of who worked with whom"
LIBRARY = "/pyvis/vis-9.1.2"
OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"randomSeed": 1, "improvedLayout": False},
    "interaction": {"hover": True, "dragNodes": True, "keyboard": {"enabled": True, "bindToWindow": False}},
    "edges": {"arrows": {"to": {"enabled": True, "scaleFactor": 0.7}}, "selectionWidth": 1},
}


def show_graph(tree: TraceTree) -> None:
    """Agents and tools taken together by name, with how often they were called; the same as a list below."""
    graph = run_graph(tree)
    if not graph.nodes:
        st.info("Nothing was called yet.", icon=":material/hourglass_empty:")
        return
    dark = st.context.theme.type == "dark"
    palette = DARK if dark else LIGHT
    network = run_network(graph, palette)
    if len(graph.nodes) > MOST_NODES:
        st.caption(f"The first {MOST_NODES} of {len(graph.nodes):,} agents and tools.")
    st.iframe(graph_page(network, palette), height=network.height + 4, alt=TITLE)
    st.caption(
        "Boxes are agents, ellipses tools, dashed boxes guardrails. Thick lines are handoffs, dashed ones agents "
        "used as tools. Click one for its numbers."
    )
    with st.expander("The graph as a list", icon=":material/list:"):
        _show_list(graph)


def graph_page(network: Network, palette: Palette) -> str:
    """The frame's HTML: pyvis's page, with its libraries from this server and nothing from anywhere else."""
    # Takes two seconds to import, which only this view needs.
    from pyvis.network import Network as Drawing

    drawing = Drawing(
        height=f"{network.height}px", width="100%", directed=True, cdn_resources="remote", bgcolor=palette.page
    )
    for node in network.nodes:
        look = {name: value for name, value in node.items() if name not in ("id", "label")}
        drawing.add_node(node["id"], label=node["label"], **look)
    for edge in network.edges:
        drawing.add_edge(**edge)
    drawing.set_options(json.dumps(OPTIONS))
    page = _named(_offline(str(drawing.generate_html(notebook=False))))
    return page.replace("</body>", f"{_panel(network, palette)}</body>")


def _named(page: str) -> str:
    """With what a screen reader says of the frame: pyvis gives neither language nor title."""
    page = page.replace("<html>", '<html lang="en">', 1)
    return page.replace("<head>", f"<head><title>{TITLE}</title>", 1)


def _offline(page: str) -> str:
    page = re.sub(r"<(link|script)\s[^>]*cdn\.jsdelivr\.net[^>]*>(</script>)?", "", page)
    page = re.sub(r'https://cdnjs\.cloudflare\.com/\S*?/(vis-network)\.min\.(css|js)"', _local, page)
    return re.sub(r'\s(integrity|crossorigin|referrerpolicy)="[^"]*"', "", page)


def _local(match: re.Match[str]) -> str:
    file = "vis-network.css" if match[2] == "css" else "vis-network.min.js"
    return f'{LIBRARY}/{file}"'


def _panel(network: Network, palette: Palette) -> str:
    facts = json.dumps(network.facts).replace("<", "\\u003c")
    return _panel_template().substitute(facts=facts, page=palette.page, ink=palette.ink, border=palette.frame)


@cache
def _panel_template() -> Template:
    return Template(
        """<style>
body { margin: 0; background: $page; overflow: hidden; }
center { display: none; }
.card { border: 0; }
#mynetwork { float: none; border: 1px solid $border; border-radius: 6px; box-sizing: border-box; }
#facts { position: absolute; left: 12px; bottom: 12px; max-width: 60%; padding: 8px 12px; background: $page;
  color: $ink; border: 1px solid $border; border-radius: 6px; font: 13px/1.5 system-ui, sans-serif; }
#facts:empty { display: none; }
#facts b { display: block; }
</style>
<div id="facts" role="status"></div>
<script>
const facts = $facts;
const panel = document.getElementById("facts");
network.on("click", ({ nodes: chosen }) => {
  panel.replaceChildren();
  if (!chosen.length) return;
  const title = document.createElement("b");
  title.textContent = chosen[0].slice(chosen[0].indexOf(":") + 1);
  panel.append(title);
  for (const fact of facts[chosen[0]]) {
    const line = document.createElement("div");
    line.textContent = fact;
    panel.append(line);
  }
});
const fit = () => network.fit({ maxZoomLevel: 1.1 });
network.once("afterDrawing", fit);
addEventListener("resize", fit);
</script>"""
    )


def _show_list(graph: RunGraph) -> None:
    names = {key: node.name for key, node in graph.nodes.items()}
    st.dataframe(
        [
            {
                "From": names[edge.source],
                "": EDGE_WORDS[edge.kind].rstrip(","),
                "To": names[edge.target],
                "Times": edge.times,
            }
            for edge in graph.edges.values()
        ],
        hide_index=True,
        alt="Who worked with whom",
    )
