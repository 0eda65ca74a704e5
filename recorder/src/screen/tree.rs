//! The tree of windows, as the server stacks it: override-redirect popups and menus included.
//!
//! Read under a grab, level by level, so that a whole level costs one exchange with the server.

use std::collections::HashSet;

use anyhow::{Context, Result};
use gardefou::Rect;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, MapState, Visualid, Window, WindowClass};

use super::atoms::Atoms;
use super::images::Size;
use super::wire::Server;
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
    pub(crate) size: Size,
    override_redirect: bool,
    managed: bool,
    /// Whether its pixels say their colours themselves, whatever colormap is installed.
    plain: bool,
}

/// What a window is to the client's one beside, above or below which it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The client's window, or one inside it.
    Inside,
    /// On the way from the top level to the client's.
    Way,
    /// Elsewhere in the frame, where it may come to lie over the client's.
    Crossing,
    /// Elsewhere in the frame.
    Beside,
}

/// A window that is or lies in one at the top level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) id: Window,
    pub(crate) role: Role,
    /// Its area without the border, on the surface.
    pub(crate) inside: Rect,
}

/// A window at the top level: what the server stacks.
#[derive(Debug)]
pub(crate) struct Top {
    /// From the child of the root (a window manager's frame, where there is one) to the client's window.
    pub(crate) path: Vec<Node>,
    /// Whether something that is not the client's paints inside the client's window.
    pub(crate) overpainted: bool,
    /// All its windows that are shown.
    pub(crate) parts: Vec<Part>,
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

    /// The client's window and all that lie in it.
    pub(crate) fn painters(&self) -> impl Iterator<Item = Window> + '_ {
        let within = self.parts.iter().filter(|part| part.role == Role::Inside);
        within.map(|part| part.id)
    }
}

/// What every window is read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) conn: &'a Server,
    pub(crate) atoms: &'a Atoms,
    pub(crate) id_mask: u32,
    /// Formats of pixels that say their colours themselves, as they are read.
    pub(crate) plain: &'a HashSet<Visualid>,
}

/// Reads all windows at the top level that paint, topmost first. The one that a compositing manager paints the screen in is not among them: the server does
/// not list it.
pub(crate) fn read(reader: Reader<'_>, root: Window) -> Result<Vec<Top>> {
    let children = reader
        .conn
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
    let described = describe(reader, places)?;
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
        let below = below(reader.conn, &trees, &level)?;
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
        for (place, node) in describe(reader, below)? {
            if let Some(tree) = trees.get_mut(place.tree) {
                level.push((place.tree, tree.nodes.len()));
                tree.nodes.push(node);
            }
        }
    }
    let tops = trees
        .iter()
        .map(|tree| arrange(&tree.nodes, tree.whole, reader.id_mask))
        .filter(|top| top.client().is_some())
        .collect();
    Ok(tops)
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

/// What those of them that paint look like, in the same order.
fn describe(reader: Reader<'_>, places: Vec<Place>) -> Result<Vec<(Place, Node)>> {
    let Reader { conn, atoms, plain, .. } = reader;
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
            size: Size::new(geometry.width, geometry.height, geometry.border_width),
            override_redirect: attributes.override_redirect,
            managed,
            plain: plain.contains(&attributes.visual),
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
    let parts = parts(nodes, &line);
    let inside = |part: &&Part| part.role == Role::Inside;
    let unreadable = parts.iter().zip(nodes).any(|(part, node)| inside(&part) && !node.plain);
    let overpainted = !whole || unreadable || stranger_inside(nodes, client, id_mask) || sibling_above(nodes, &line);
    Top {
        path,
        overpainted,
        parts,
    }
}

/// What each window is to the client's, the last one of `line`; parents stand before their children.
fn parts(nodes: &[Node], line: &[usize]) -> Vec<Part> {
    let client = line.last().copied();
    let area = client.and_then(|client| nodes.get(client)).map(|client| client.inside);
    let mut roles: Vec<Role> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let parent = node.parent.and_then(|parent| roles.get(parent)).copied();
        let crosses = area.is_some_and(|area| !intersection(node.outside, area).is_empty());
        roles.push(match parent {
            _ if client == Some(index) => Role::Inside,
            Some(Role::Inside) => Role::Inside,
            _ if line.contains(&index) => Role::Way,
            _ if crosses => Role::Crossing,
            _ => Role::Beside,
        });
    }
    let parts = nodes.iter().zip(roles).map(|(node, role)| Part {
        id: node.id,
        role,
        inside: node.inside,
    });
    parts.collect()
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
            size: Size::new(1, 1, 0),
            override_redirect: false,
            managed: false,
            plain: true,
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
        let roles: Vec<Role> = top.parts.iter().map(|part| part.role).collect();
        assert_eq!(roles, [Role::Way, Role::Beside, Role::Inside, Role::Inside]);
        let coloured = nodes.iter().map(|node| Node {
            plain: node.id != 0x20_0002,
            ..node.clone()
        });
        let coloured: Vec<Node> = coloured.collect();
        assert!(
            arrange(&coloured, true, 0x0f_ffff).overpainted,
            "its colours are those of a colormap"
        );
        assert!(arrange(&nodes, false, 0x0f_ffff).overpainted, "not all of it was seen");
        nodes.push(node(0x10_0003, Some(0), 2, Rect::new(90, 90, 10, 10)));
        assert!(
            arrange(&nodes, true, 0x0f_ffff).overpainted,
            "the frame's own window over the client's"
        );
    }
}
