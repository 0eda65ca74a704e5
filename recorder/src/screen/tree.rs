//! The tree of windows, as the server stacks it: override-redirect popups and menus included.
//!
//! Read under a grab, level by level, so that a whole level costs one exchange with the server.

use anyhow::{Context, Result};
use gardefou::Rect;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, MapState, Window, WindowClass};

use super::atoms::Atoms;
use super::wire::Server;
use crate::exposure::Level;
use crate::geometry::{from_edges, intersection};

/// How many windows below the top level are looked at. A window with more is one that nothing is certain of.
const MOST_NODES: usize = 8192;

/// A window that paints.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) id: Window,
    parent: Option<usize>,
    /// Its place among its siblings, from bottom to top.
    order: usize,
    /// Its area without the border, on the surface.
    pub(crate) inside: Rect,
    /// Its area with the border, on the surface.
    pub(crate) outside: Rect,
    pub(crate) depth: u8,
    override_redirect: bool,
    managed: bool,
}

/// A window at the top level: what the server stacks.
#[derive(Debug)]
pub(crate) struct Top {
    /// From the child of the root (a window manager's frame, where there is one) to the client's window.
    pub(crate) path: Vec<Node>,
    /// Whether something that is not the client's paints inside the client's window.
    pub(crate) overpainted: bool,
    /// The client's window and all that lie in it.
    pub(crate) painters: Vec<Window>,
    /// All its windows that are shown.
    pub(crate) nodes: Vec<Window>,
}

impl Top {
    /// The child of the root.
    pub(crate) fn frame(&self) -> Option<&Node> {
        self.path.first()
    }

    /// The client's own window.
    pub(crate) fn client(&self) -> Option<&Node> {
        self.path.last()
    }
}

/// The windows, read at one instant.
#[derive(Debug)]
pub(crate) struct Windows {
    /// Every window at the top level that paints, topmost first.
    pub(crate) tops: Vec<Top>,
    /// Every window at the top level, shown or not, from bottom to top.
    pub(crate) stack: Vec<Level>,
}

/// Reads all windows. The one that a compositing manager paints the screen in is not among them: the server does
/// not list it.
pub(crate) fn read(conn: &Server, atoms: &Atoms, root: Window, id_mask: u32) -> Result<Windows> {
    let children = conn
        .query_tree(root)?
        .reply()
        .context("cannot list the windows")?
        .children;
    let places = children
        .iter()
        .rev()
        .enumerate()
        .map(|(order, id)| Place::at_the_top(*id, order))
        .collect();
    let mut stack = Vec::with_capacity(children.len());
    let described = describe(conn, atoms, places, |level| stack.push(level))?;
    stack.reverse();
    let mut trees: Vec<Tree> = described
        .into_iter()
        .map(|(_, top)| Tree {
            nodes: vec![top],
            whole: true,
        })
        .collect();
    let mut room = MOST_NODES;
    let mut level: Vec<(usize, usize)> = (0..trees.len()).map(|tree| (tree, 0)).collect();
    while !level.is_empty() {
        let below = below(conn, &trees, &level)?;
        match room.checked_sub(below.len()) {
            Some(left) => room = left,
            None => {
                for (tree, _) in &level {
                    if let Some(tree) = trees.get_mut(*tree) {
                        tree.whole = false;
                    }
                }
                break;
            }
        }
        level.clear();
        for (place, node) in describe(conn, atoms, below, |_| ())? {
            if let Some(tree) = trees.get_mut(place.tree) {
                level.push((place.tree, tree.nodes.len()));
                tree.nodes.push(node);
            }
        }
    }
    let tops = trees
        .iter()
        .map(|tree| arrange(&tree.nodes, tree.whole, id_mask))
        .filter(|top| top.client().is_some())
        .collect();
    Ok(Windows { tops, stack })
}

/// A window's area with its border, as the server tells of it.
pub(crate) fn bordered(x: i16, y: i16, width: u16, height: u16, border: u16) -> Rect {
    let (left, top, border) = (i64::from(x), i64::from(y), i64::from(border));
    from_edges(
        left,
        top,
        left + i64::from(width) + 2 * border,
        top + i64::from(height) + 2 * border,
    )
}

/// A window at the top level and what lies in it, parents before their children.
struct Tree {
    nodes: Vec<Node>,
    /// Whether all of it was seen.
    whole: bool,
}

/// A window of which only the place is known.
struct Place {
    id: Window,
    tree: usize,
    parent: Option<usize>,
    order: usize,
    origin: Rect,
}

impl Place {
    fn at_the_top(id: Window, order: usize) -> Self {
        Self {
            id,
            tree: 0,
            parent: None,
            order,
            origin: Rect::default(),
        }
    }
}

/// What those of them that paint look like, in the same order. `each` is told of all of them.
fn describe(
    conn: &Server,
    atoms: &Atoms,
    places: Vec<Place>,
    mut each: impl FnMut(Level),
) -> Result<Vec<(Place, Node)>> {
    let mut asked = Vec::with_capacity(places.len());
    for place in &places {
        asked.push((
            conn.get_window_attributes(place.id)?,
            conn.get_geometry(place.id)?,
            conn.get_property(false, place.id, atoms.WM_STATE, AtomEnum::ANY, 0, 0)?,
        ));
    }
    let mut nodes = Vec::with_capacity(places.len());
    for (place, (attributes, geometry, state)) in places.into_iter().zip(asked) {
        let attributes = attributes.reply()?;
        let geometry = geometry.reply()?;
        let managed = state.reply()?.type_ != u32::from(AtomEnum::NONE);
        let input_only = attributes.class == WindowClass::INPUT_ONLY;
        let paints = attributes.map_state == MapState::VIEWABLE && !input_only;
        each(Level {
            id: place.id,
            outer: bordered(
                geometry.x,
                geometry.y,
                geometry.width,
                geometry.height,
                geometry.border_width,
            ),
            hides: paints,
            input_only,
        });
        if !paints {
            continue;
        }
        let border = i64::from(geometry.border_width);
        let left = i64::from(place.origin.x) + i64::from(geometry.x);
        let top = i64::from(place.origin.y) + i64::from(geometry.y);
        let (width, height) = (i64::from(geometry.width), i64::from(geometry.height));
        let node = Node {
            id: place.id,
            parent: place.parent,
            order: place.order,
            inside: from_edges(
                left + border,
                top + border,
                left + border + width,
                top + border + height,
            ),
            outside: from_edges(left, top, left + width + 2 * border, top + height + 2 * border),
            depth: geometry.depth,
            override_redirect: attributes.override_redirect,
            managed,
        };
        nodes.push((place, node));
    }
    Ok(nodes)
}

fn below(conn: &Server, trees: &[Tree], level: &[(usize, usize)]) -> Result<Vec<Place>> {
    let mut asked = Vec::with_capacity(level.len());
    for (tree, index) in level.iter().copied() {
        if let Some(node) = trees.get(tree).and_then(|tree| tree.nodes.get(index)) {
            asked.push((tree, index, node.inside, conn.query_tree(node.id)?));
        }
    }
    let mut places = Vec::new();
    for (tree, parent, origin, answer) in asked {
        let children = answer.reply()?.children;
        places.extend(children.into_iter().enumerate().map(|(order, id)| Place {
            id,
            tree,
            parent: Some(parent),
            order,
            origin,
        }));
    }
    Ok(places)
}

/// Finds the client's window in a top-level one, and whether anybody else paints in it.
fn arrange(nodes: &[Node], whole: bool, id_mask: u32) -> Top {
    let unmanaged = nodes.first().is_some_and(|top| top.override_redirect);
    let client = if unmanaged {
        0
    } else {
        nodes.iter().position(|node| node.managed).unwrap_or(0)
    };
    let mut line = vec![client];
    let mut above = nodes.get(client).and_then(|node| node.parent);
    while let Some(index) = above {
        line.push(index);
        above = nodes.get(index).and_then(|node| node.parent);
    }
    line.reverse();
    let path: Vec<Node> = line.iter().filter_map(|index| nodes.get(*index)).cloned().collect();
    let overpainted = !whole || stranger_inside(nodes, client, id_mask) || sibling_above(nodes, &line);
    Top {
        path,
        overpainted,
        painters: painters(nodes, client),
        nodes: nodes.iter().map(|node| node.id).collect(),
    }
}

/// The client's window and all that lie in it; parents stand before their children.
fn painters(nodes: &[Node], client: usize) -> Vec<Window> {
    let mut within = vec![false; nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        let inside = index == client || node.parent.is_some_and(|parent| within.get(parent) == Some(&true));
        if let Some(mark) = within.get_mut(index) {
            *mark = inside;
        }
    }
    let marked = nodes.iter().zip(within).filter(|(_, inside)| *inside);
    marked.map(|(node, _)| node.id).collect()
}

/// Whether a window of another program lies inside the client's (the identifiers of a client's windows
/// share the bits outside the mask).
fn stranger_inside(nodes: &[Node], client: usize, id_mask: u32) -> bool {
    let Some(owner) = nodes.get(client).map(|node| node.id & !id_mask) else {
        return true;
    };
    let mut within = vec![false; nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        let inside = node
            .parent
            .is_some_and(|parent| parent == client || within.get(parent) == Some(&true));
        if let Some(mark) = within.get_mut(index) {
            *mark = inside;
        }
        if inside && node.id & !id_mask != owner {
            return true;
        }
    }
    false
}

/// Whether the frame has another window over the client's.
fn sibling_above(nodes: &[Node], line: &[usize]) -> bool {
    let Some(client) = line.last().and_then(|index| nodes.get(*index)) else {
        return true;
    };
    line.iter().filter_map(|index| nodes.get(*index)).any(|on_path| {
        on_path.parent.is_some()
            && nodes.iter().any(|node| {
                node.parent == on_path.parent
                    && node.order > on_path.order
                    && !intersection(node.outside, client.inside).is_empty()
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: u32, parent: Option<usize>, order: usize, inside: Rect) -> Node {
        Node {
            id,
            parent,
            order,
            inside,
            outside: inside,
            depth: 24,
            override_redirect: false,
            managed: false,
        }
    }

    #[test]
    fn the_client_is_found_in_its_frame_and_a_stranger_in_the_client() {
        let area = Rect::new(0, 20, 100, 80);
        let mut nodes = vec![
            node(0x10_0001, None, 0, Rect::new(0, 0, 100, 100)),
            node(0x10_0002, Some(0), 1, Rect::new(0, 0, 100, 20)),
            Node {
                managed: true,
                ..node(0x20_0001, Some(0), 0, area)
            },
            node(0x20_0002, Some(2), 0, area),
        ];
        let top = arrange(&nodes, true, 0x0f_ffff);
        assert_eq!(top.client().map(|client| client.id), Some(0x20_0001));
        assert_eq!(top.frame().map(|frame| frame.id), Some(0x10_0001));
        assert!(!top.overpainted);
        nodes.push(node(0x30_0001, Some(3), 0, area));
        assert!(arrange(&nodes, true, 0x0f_ffff).overpainted, "another program's window");
        nodes.pop();
        assert!(arrange(&nodes, false, 0x0f_ffff).overpainted, "not all of it was seen");
        nodes.push(node(0x10_0003, Some(0), 2, Rect::new(90, 90, 10, 10)));
        assert!(
            arrange(&nodes, true, 0x0f_ffff).overpainted,
            "the frame's own window over the client's"
        );
    }
}
