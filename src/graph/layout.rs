//! Where everything is: columns of boxes, and lines that run around them.
//!
//! In: a [`Graph`]. Out: boxes and lines in whole pixels, so that every machine draws the same.
//!
//! A layer is a column, and everything hangs from the top: a box stands beside the first one that leads to it, and what hangs on
//! a box makes room for itself below it. So a thing that is added at the end of a spec stands below all others and moves none of
//! them. (Boxes in the middle of what they are joined with, as is usual, would all move by a little.) For the same reason columns
//! grow in steps.
//!
//! Lines run between columns alone. Those that end at one box share a vertical there, and so do those without a label that begin
//! at one; verticals that would touch have lanes of their own.

use super::width::{cut, width};
use super::{Edge, Graph, Layer, Link};

/// Size of the letters of a name, in pixels.
pub(super) const NAME: i64 = 13;
/// Size of the letters of everything else.
pub(super) const SMALL: i64 = 11;

/// Around everything.
const MARGIN: i64 = 24;
/// From the top to the first boxes: the name of the cluster and the headings stand there.
const TOP: i64 = 92;
/// Height of a box of two lines.
const HEIGHT: i64 = 44;
/// Between two boxes of a column.
const APART: i64 = 14;
/// Between two lines that leave a box: as much as a label needs.
const PORT: i64 = 18;
/// Between two lanes.
const LANE: i64 = 9;
/// From a box to the first thing beside it.
const BESIDE: i64 = 12;
/// From the last lane to the next column: the arrow is there.
const ARRIVAL: i64 = 24;
/// Between text and the border of its box.
const PADDING: i64 = 12;
/// The steps in which columns grow.
const STEP: i64 = 20;
/// The least and the greatest width of a column.
const COLUMN: (i64, i64) = (100, 340);
/// The greatest width of a label of a line.
const LABEL: i64 = 320;

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

impl Area {
    fn bottom(self) -> i64 {
        self.y + self.height
    }

    fn middle(self) -> i64 {
        self.y + self.height / 2
    }

    /// Whether a line at that height meets its side, and not a corner.
    fn is_met_at(self, y: i64) -> bool {
        y >= self.y + 6 && y <= self.bottom() - 6
    }
}

/// A line, from its first point to the arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wire {
    /// Position of the edge.
    pub(super) edge: usize,
    /// Where it turns, with both ends.
    pub(super) points: Vec<(i64, i64)>,
    /// What stands on it, cut to its room, and where that begins.
    pub(super) label: Option<(String, (i64, i64))>,
}

/// The layer, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) layer: Layer,
    pub(super) x: i64,
    pub(super) width: i64,
}

/// Everything in its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) columns: Vec<Column>,
    /// One for each node.
    pub(super) boxes: Vec<Area>,
    pub(super) wires: Vec<Wire>,
    /// Around what is in the cluster.
    pub(super) cluster: Option<Area>,
}

/// Puts everything in its place.
pub(super) fn layout(graph: &Graph) -> Layout {
    let mut layout = Layout {
        boxes: vec![Area::default(); graph.nodes.len()],
        ..Layout::default()
    };
    let columns = ordered(graph);
    let ports = ports(graph, &columns);
    place_down(graph, &columns, &ports, &mut layout);
    place_across(graph, &columns, &ports, &mut layout);
    let lowest = |is_counted: &dyn Fn(Layer) -> bool| {
        let boxes = graph.nodes.iter().zip(&layout.boxes);
        let counted = boxes.filter(|(node, _)| is_counted(node.layer));
        counted.map(|(_, area)| area.bottom()).max().unwrap_or(TOP)
    };
    let (inside, all) = (lowest(&Layer::is_in_cluster), lowest(&|_| true));
    let mut bottom = all;
    if let Some(cluster) = &mut layout.cluster {
        cluster.height = inside + PADDING - cluster.y;
        bottom = bottom.max(inside + PADDING);
    }
    layout.height = bottom + MARGIN;
    layout
}

/// A layer and its nodes, from the top.
struct Ordered {
    layer: Layer,
    nodes: Vec<usize>,
}

/// The layers that have nodes. In each, nodes stand in the order of the first that leads to them, then in that of the spec; nodes
/// that nothing leads to stand last.
fn ordered(graph: &Graph) -> Vec<Ordered> {
    let mut columns: Vec<Ordered> = Vec::new();
    for layer in Layer::ALL {
        let mut nodes: Vec<usize> = graph.layer(layer).map(|(position, _)| position).collect();
        if nodes.is_empty() {
            continue;
        }
        let before = columns
            .last()
            .map_or(&[] as &[usize], |column| &column.nodes);
        nodes.sort_by_key(|node| first_before(graph, before, *node).unwrap_or(usize::MAX));
        columns.push(Ordered { layer, nodes });
    }
    columns
}

/// Which of the column before is the first that leads to a node.
fn first_before(graph: &Graph, before: &[usize], node: usize) -> Option<usize> {
    let leading = graph.edges.iter().filter(|edge| edge.to == node);
    leading
        .filter_map(|edge| before.iter().position(|known| *known == edge.from))
        .min()
}

/// The lines that leave a column to the right.
struct Gap<'a> {
    /// Those that end in the next column.
    onward: Vec<(usize, &'a Edge)>,
    /// Those that come back to the same one.
    back: Vec<(usize, &'a Edge)>,
    /// Whether lines share a vertical by where they end; else by where they begin.
    by_target: bool,
}

impl<'a> Gap<'a> {
    fn of(graph: &'a Graph, columns: &[Ordered], column: usize) -> Self {
        let is_in = |index: usize, node| {
            let column = columns.get(index);
            column.is_some_and(|column| column.nodes.contains(&node))
        };
        let leaving = graph.edges.iter().enumerate();
        let leaving = leaving.filter(|(_, edge)| is_in(column, edge.from));
        let (back, onward) = leaving.partition::<Vec<_>, _>(|(_, edge)| is_in(column, edge.to));
        let onward: Vec<_> = onward
            .into_iter()
            .filter(|(_, edge)| is_in(column + 1, edge.to))
            .collect();
        let by_target = onward.iter().any(|(_, edge)| !edge.label.is_empty())
            || distinct(onward.iter().map(|(_, edge)| edge.to))
                <= distinct(onward.iter().map(|(_, edge)| edge.from));
        Self {
            onward,
            back,
            by_target,
        }
    }

    /// The node whose vertical a line shares.
    fn owner(&self, edge: &Edge) -> usize {
        if self.by_target { edge.to } else { edge.from }
    }
}

fn distinct(nodes: impl Iterator<Item = usize>) -> usize {
    nodes.collect::<std::collections::BTreeSet<_>>().len()
}

/// Where lines leave and come back at the right side of boxes, in pixels from their top.
struct Ports {
    heights: Vec<i64>,
    /// One for each edge.
    exits: Vec<i64>,
    /// Where calls come in; one for each node.
    calls: Vec<i64>,
}

fn ports(graph: &Graph, columns: &[Ordered]) -> Ports {
    let mut ports = Ports {
        heights: vec![HEIGHT; graph.nodes.len()],
        exits: vec![HEIGHT / 2; graph.edges.len()],
        calls: vec![HEIGHT / 2; graph.nodes.len()],
    };
    for (index, column) in columns.iter().enumerate() {
        let gap = Gap::of(graph, columns, index);
        let next = columns.get(index + 1);
        let rank = |node: usize| {
            let nodes = next.map_or(&[] as &[usize], |next| &next.nodes);
            nodes.iter().position(|known| *known == node)
        };
        for node in &column.nodes {
            let mut onward: Vec<_> = gap
                .onward
                .iter()
                .filter(|(_, edge)| edge.from == *node)
                .collect();
            onward.sort_by_key(|(_, edge)| rank(edge.to));
            // Positions of edges that leave at the same height, from the top.
            let mut leaving: Vec<Vec<usize>> = Vec::new();
            if gap.by_target {
                leaving.extend(onward.iter().map(|(edge, _)| vec![*edge]));
            } else if !onward.is_empty() {
                leaving.push(onward.iter().map(|(edge, _)| *edge).collect());
            }
            let calling = gap.back.iter().filter(|(_, edge)| edge.from == *node);
            leaving.extend(calling.map(|(edge, _)| vec![*edge]));
            let is_called = gap.back.iter().any(|(_, edge)| edge.to == *node);
            let count = int(leaving.len()) + i64::from(is_called);
            let height = HEIGHT.max(count * PORT + 8);
            let at = |port: i64| height / 2 + (2 * port - (count - 1)) * PORT / 2;
            for (port, edges) in leaving.iter().enumerate() {
                for edge in edges {
                    set(&mut ports.exits, *edge, at(int(port)));
                }
            }
            set(&mut ports.calls, *node, at(count - 1));
            set(&mut ports.heights, *node, height);
        }
    }
    ports
}

fn int(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn set<T>(all: &mut [T], position: usize, value: T) {
    if let Some(place) = all.get_mut(position) {
        *place = value;
    }
}

fn get<T: Copy + Default>(all: &[T], position: usize) -> T {
    all.get(position).copied().unwrap_or_default()
}

/// How far down every box is.
fn place_down(graph: &Graph, columns: &[Ordered], ports: &Ports, layout: &mut Layout) {
    // What each takes of its column: its own height, or that of all that hangs on it.
    let mut room: Vec<i64> = ports.heights.iter().map(|height| height + APART).collect();
    let mut parents = vec![None; graph.nodes.len()];
    for pair in columns.windows(2).rev() {
        let [before, column] = pair else { continue };
        let mut hanging = vec![0; graph.nodes.len()];
        for node in &column.nodes {
            let parent = first_before(graph, &before.nodes, *node)
                .and_then(|position| before.nodes.get(position).copied());
            set(&mut parents, *node, parent);
            // Many share a resource, and nobody is helped by room for it beside one of them.
            if let Some(parent) = parent.filter(|_| column.layer != Layer::Resources) {
                let more = get(&hanging, parent) + get(&room, *node);
                set(&mut hanging, parent, more);
            }
        }
        for node in &before.nodes {
            let needed = get(&room, *node).max(get(&hanging, *node));
            set(&mut room, *node, needed);
        }
    }
    for column in columns {
        let mut next = TOP;
        for node in &column.nodes {
            let beside = get(&parents, *node).map_or(TOP, |parent| get(&layout.boxes, parent).y);
            let area = Area {
                y: next.max(beside),
                height: get(&ports.heights, *node),
                ..Area::default()
            };
            set(&mut layout.boxes, *node, area);
            next = area.y + get(&room, *node);
        }
    }
}

/// A vertical that lines share.
struct Trunk {
    /// The node that they have in common.
    owner: usize,
    from: i64,
    to: i64,
    lane: i64,
}

/// The verticals of lines, each given by its owner and two heights, in lanes: as few as it takes for none to touch another. They
/// are taken from left to right in the order of `rank`.
fn trunks(lines: &[(usize, i64, i64)], rank: impl Fn(usize) -> usize) -> Vec<Trunk> {
    let mut trunks: Vec<Trunk> = Vec::new();
    for (owner, one, other) in lines {
        let (from, to) = (*one.min(other), *one.max(other));
        match trunks.iter_mut().find(|trunk| trunk.owner == *owner) {
            Some(trunk) => (trunk.from, trunk.to) = (trunk.from.min(from), trunk.to.max(to)),
            None => trunks.push(Trunk {
                owner: *owner,
                from,
                to,
                lane: 0,
            }),
        }
    }
    trunks.sort_by_key(|trunk| rank(trunk.owner));
    // Where the last vertical of each lane begins and ends is not enough: they come in the order of rank.
    let mut taken_lanes: Vec<Vec<(i64, i64)>> = Vec::new();
    for trunk in &mut trunks {
        let (from, to) = (trunk.from - PORT, trunk.to + PORT);
        let is_free = |taken: &Vec<(i64, i64)>| taken.iter().all(|(f, t)| to < *f || *t < from);
        let lane = taken_lanes
            .iter()
            .position(is_free)
            .unwrap_or(taken_lanes.len());
        if lane == taken_lanes.len() {
            taken_lanes.push(Vec::new());
        }
        if let Some(taken) = taken_lanes.get_mut(lane) {
            taken.push((trunk.from, trunk.to));
        }
        trunk.lane = int(lane);
    }
    trunks
}

/// The lane of an owner's vertical.
fn lane_of(trunks: &[Trunk], owner: usize) -> Option<i64> {
    let trunk = trunks.iter().find(|trunk| trunk.owner == owner)?;
    Some(trunk.lane)
}

/// The width of all lanes. It grows in steps.
fn width_of(trunks: &[Trunk]) -> i64 {
    let lanes = trunks.iter().map(|trunk| trunk.lane + 1).max().unwrap_or(0);
    stepped(lanes, 4) * LANE
}

fn stepped(number: i64, step: i64) -> i64 {
    (number + step - 1) / step * step
}

/// How far to the right everything is, and how lines run.
fn place_across(graph: &Graph, columns: &[Ordered], ports: &Ports, layout: &mut Layout) {
    let mut x = MARGIN;
    let mut cluster: Option<(i64, i64)> = None;
    let mut wires: Vec<Wire> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let wide = widest(graph, column);
        layout.columns.push(Column {
            layer: column.layer,
            x,
            width: wide,
        });
        for node in &column.nodes {
            if let Some(area) = layout.boxes.get_mut(*node) {
                (area.x, area.width) = (x, wide);
            }
        }
        if column.layer.is_in_cluster() && cluster.is_none() {
            cluster = Some((x - BESIDE, x));
        }
        let gap = Gap::of(graph, columns, index);
        let exit = |edge: usize, from: usize| get(&layout.boxes, from).y + get(&ports.exits, edge);
        let rank = |node: usize| {
            let mut nodes = columns.iter().flat_map(|column| &column.nodes);
            nodes.position(|known| *known == node).unwrap_or(usize::MAX)
        };
        let all = gap.onward.iter().chain(&gap.back);
        let band = all
            .map(|(_, edge)| width(&text_of(graph, edge), SMALL))
            .max();
        let band = stepped(band.unwrap_or(0).min(LABEL), STEP);

        // Calls come back to the column.
        let called = |node: usize| get(&layout.boxes, node).y + get(&ports.calls, node);
        let lines: Vec<_> = gap
            .back
            .iter()
            .map(|(position, edge)| (edge.to, exit(*position, edge.from), called(edge.to)))
            .collect();
        let calls = trunks(&lines, rank);
        let right = x + wide;
        let mut lanes_at = right + BESIDE + band;
        for (position, edge) in &gap.back {
            let lane = lanes_at + lane_of(&calls, edge.to).unwrap_or(0) * LANE;
            let (from, to) = (exit(*position, edge.from), called(edge.to));
            wires.push(Wire {
                edge: *position,
                points: vec![(right, from), (lane, from), (lane, to), (right, to)],
                label: label(graph, edge, right, from, band),
            });
        }
        lanes_at += width_of(&calls);
        if column.layer.is_in_cluster() {
            if let Some((_, end)) = &mut cluster {
                *end = lanes_at;
            }
            let next = columns.get(index + 1);
            if next.is_none_or(|next| !next.layer.is_in_cluster()) {
                lanes_at += BESIDE;
            }
        }

        // The others go on to the next one.
        let area = |node: usize| get(&layout.boxes, node);
        let is_straight =
            |position: usize, edge: &Edge| area(edge.to).is_met_at(exit(position, edge.from));
        let lines: Vec<_> = gap
            .onward
            .iter()
            .filter(|(position, edge)| !is_straight(*position, edge))
            .map(|(position, edge)| {
                let (from, to) = (exit(*position, edge.from), area(edge.to).middle());
                (gap.owner(edge), from, to)
            })
            .collect();
        let verticals = trunks(&lines, rank);
        let next = lanes_at + width_of(&verticals) + ARRIVAL;
        // Where each line turns down or up; one that does not goes on.
        let turns: Vec<(i64, Option<i64>)> = gap
            .onward
            .iter()
            .map(|(position, edge)| {
                let from = exit(*position, edge.from);
                let lane = lane_of(&verticals, gap.owner(edge));
                let lane = lane.filter(|_| !is_straight(*position, edge));
                (from, lane)
            })
            .collect();
        for ((position, edge), (from, lane)) in gap.onward.iter().zip(&turns) {
            let points = match lane {
                None => vec![(right, *from), (next, *from)],
                Some(lane) => {
                    let to = arrival(&gap, &turns, edge, *lane, area(edge.to));
                    let turn = lanes_at + lane * LANE;
                    vec![(right, *from), (turn, *from), (turn, to), (next, to)]
                }
            };
            wires.push(Wire {
                edge: *position,
                points,
                label: label(graph, edge, right, *from, band),
            });
        }
        x = if index + 1 < columns.len() {
            next
        } else {
            lanes_at.max(right + BESIDE)
        };
    }
    layout.width = x + MARGIN / 2;
    layout.cluster = cluster.map(|(start, end)| Area {
        x: start,
        y: MARGIN,
        width: end - start,
        height: 0,
    });
    wires.sort_by_key(|wire| wire.edge);
    layout.wires = wires;
}

/// The height at which a line comes to a box: its middle, unless a straight line is there to join, or another one would be taken
/// for it.
fn arrival(gap: &Gap<'_>, turns: &[(i64, Option<i64>)], edge: &Edge, lane: i64, area: Area) -> i64 {
    let others = || gap.onward.iter().zip(turns);
    let straight = others().find_map(|((_, other), (from, turn))| {
        (other.to == edge.to && turn.is_none()).then_some(*from)
    });
    if let Some(height) = straight {
        return height;
    }
    let is_free = |height: &i64| {
        others().all(|((_, other), (from, turn))| {
            let reaches = turn.is_none_or(|turn| turn > lane);
            gap.owner(other) == gap.owner(edge) || !reaches || (from - height).abs() > 4
        })
    };
    let middle = area.middle();
    [0, 6, -6, 12, -12]
        .map(|offset| middle + offset)
        .into_iter()
        .find(is_free)
        .unwrap_or(middle)
}

/// What stands on a line.
pub(super) fn text_of(graph: &Graph, edge: &Edge) -> String {
    match (edge.link, graph.nodes.get(edge.to)) {
        (Link::Call, Some(called)) => format!("calls {}", called.name),
        _ => edge.label.clone(),
    }
}

fn label(graph: &Graph, edge: &Edge, x: i64, y: i64, band: i64) -> Option<(String, (i64, i64))> {
    let text = cut(&text_of(graph, edge), SMALL, band);
    (!text.is_empty()).then_some((text, (x + 6, y - 4)))
}

/// The width of a column: that of its widest text, in steps.
fn widest(graph: &Graph, column: &Ordered) -> i64 {
    let nodes = column
        .nodes
        .iter()
        .filter_map(|node| graph.nodes.get(*node));
    let widths = nodes.map(|node| width(&node.name, NAME).max(width(&node.detail, SMALL)));
    let text = widths.max().unwrap_or(0);
    stepped(text + 2 * PADDING, STEP).clamp(COLUMN.0, COLUMN.1)
}

/// How much room there is for text in a box.
pub(super) fn room(area: Area) -> i64 {
    area.width - 2 * PADDING
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_shared_where_lines_do_not_touch() {
        let shared = |lines: &[(usize, i64, i64)]| {
            let trunks = trunks(lines, |owner| owner);
            let owners = trunks.iter().map(|trunk| (trunk.owner, trunk.lane));
            owners.collect::<Vec<_>>()
        };
        // 1 and 2 overlap; 3 begins well below 1.
        let few = [(2, 50, 200), (1, 0, 100), (3, 300, 150)];
        assert_eq!(shared(&few), [(1, 0), (2, 1), (3, 0)]);
        // One vertical for both lines of 1, which 2 would touch.
        let few = [(1, 0, 10), (1, 90, 100), (2, 110, 120)];
        assert_eq!(shared(&few), [(1, 0), (2, 1)]);
    }

    #[test]
    fn columns_grow_in_steps() {
        assert_eq!(
            [0, 1, 20, 21].map(|number| stepped(number, 20)),
            [0, 20, 20, 40]
        );
    }
}
