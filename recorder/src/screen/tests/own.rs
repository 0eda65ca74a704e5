//! Every way by which pixels of others were in a window's picture once.

use x11rb::protocol::xproto::{CoordMode, GX, Gravity, Point, SubwindowMode};

use super::*;

/// A window that the server paints nothing in, just where another one was: what lies there is of that one.
fn stale() -> (Scene, Window) {
    let mut scene = Scene::start("320x240");
    let stranger = scene.window(MAGENTA, (0, 0), (320, 240));
    let window = scene.bare((20, 30), (100, 80));
    scene.look();
    scene.client.lower_window(stranger);
    (scene, window)
}

trait Lower {
    fn lower_window(&self, window: Window);
}

impl Lower for x11rb::rust_connection::RustConnection {
    fn lower_window(&self, window: Window) {
        let below = ConfigureWindowAux::new().stack_mode(StackMode::BELOW);
        self.configure_window(window, &below).unwrap();
        self.sync().unwrap();
    }
}

/// No pixel of the window's place is of a stranger, nor made of one: the colours that may be there are those.
fn only(scene: &Scene, look: &Look, colours: &[u32]) {
    for y in 30..110 {
        for x in 20..120 {
            let pixel = scene.pixel(look, x, y);
            assert!(pixel == 0 || colours.contains(&pixel), "{pixel:06x} at {x}, {y}");
        }
    }
}

#[test]
fn whatever_a_window_paints_over_what_lay_there_shows_nothing_of_it() {
    type Paint = (&'static str, fn(&Scene, Window), &'static [u32]);
    let kinds: [Paint; 6] = [
        ("nothing", |_, _| {}, &[]),
        (
            "a line",
            |s, w| {
                let context = s.client.generate_id().unwrap();
                let green = CreateGCAux::new().foreground(GREEN);
                s.client.create_gc(context, w, &green).unwrap();
                let corners = [Point { x: 0, y: 0 }, Point { x: 99, y: 79 }];
                s.client.poly_line(CoordMode::ORIGIN, w, context, &corners).unwrap();
                s.client.sync().unwrap();
            },
            &[GREEN],
        ),
        (
            "what changes nothing",
            |s, w| s.draw(w, &CreateGCAux::new().function(GX::NOOP), (0, 0), (100, 80)),
            &[],
        ),
        (
            "what is mixed in",
            |s, w| {
                let xor = CreateGCAux::new().function(GX::XOR).foreground(0x12_3456);
                s.draw(w, &xor, (0, 0), (100, 80));
            },
            &[0x12_3456],
        ),
        (
            "what changes one bit",
            |s, w| {
                let or = CreateGCAux::new().function(GX::OR).foreground(1);
                s.draw(w, &or, (0, 0), (100, 80));
            },
            &[1],
        ),
        (
            "what changes some planes",
            |s, w| {
                let planes = CreateGCAux::new().plane_mask(0xff).foreground(GREEN | 0x77);
                s.draw(w, &planes, (0, 0), (100, 80));
            },
            &[0x77],
        ),
    ];
    for (what, paint, colours) in kinds {
        let (mut scene, window) = stale();
        // Before the image is wiped, and after it.
        for _ in 0..2 {
            paint(&scene, window);
            let look = scene.look();
            only(&scene, &look, colours);
        }
        let look = scene.settle();
        assert_eq!(Scene::seen(&look, window).inner, Rect::new(20, 30, 100, 80), "{what}");
        only(&scene, &look, colours);
        // An application that paints all of it shows all.
        scene.draw(window, &CreateGCAux::new().foreground(GREEN), (0, 0), (100, 80));
        scene.settle();
        assert_eq!(scene.count(GREEN), 100 * 80, "{what}");
    }
}

#[test]
fn what_is_painted_on_the_screen_itself_is_in_no_window() {
    let mut scene = Scene::start("320x240");
    let window = scene.window(GREEN, (20, 30), (100, 80));
    scene.settle();
    let through = CreateGCAux::new()
        .foreground(MAGENTA)
        .subwindow_mode(SubwindowMode::INCLUDE_INFERIORS);
    for _ in 0..3 {
        scene.draw(scene.screen.root, &through, (0, 0), (320, 240));
        scene.screen.refresh();
        let look = scene.look();
        assert_eq!(Scene::seen(&look, window).inner, Rect::new(20, 30, 100, 80));
        assert_eq!((scene.count(MAGENTA), scene.count(GREEN)), (0, 100 * 80));
    }
}

#[test]
fn what_another_program_has_the_server_draw_apart_is_still_its_own() {
    let mut scene = Scene::start("320x240");
    scene.window(MAGENTA, (0, 0), (320, 240));
    let window = scene.bare((20, 30), (100, 80));
    scene.settle();
    scene.draw(window, &CreateGCAux::new().foreground(GREEN), (0, 0), (100, 80));
    scene.settle();
    let (stranger, _) = x11rb::connect(Some(&scene.name)).unwrap();
    stranger.composite_query_version(0, 4).unwrap().reply().unwrap();
    for round in 0..3 {
        stranger.composite_redirect_window(window, Redirect::MANUAL).unwrap();
        stranger.sync().unwrap();
        if round > 0 {
            scene.screen.refresh();
            scene.look();
        }
        stranger.composite_unredirect_window(window, Redirect::MANUAL).unwrap();
        stranger.sync().unwrap();
        scene.screen.refresh();
        let look = scene.settle();
        only(&scene, &look, &[GREEN]);
        assert_eq!(scene.pixel(&look, 60, 60), GREEN);
    }
}

#[test]
fn a_state_that_changes_and_changes_back_between_two_looks_leaves_a_mark() {
    type Toggle = (&'static str, fn(&Scene, Window));
    fn size(scene: &Scene, window: Window, width: u32) {
        let wish = ConfigureWindowAux::new().width(width);
        scene.client.configure_window(window, &wish).unwrap();
    }
    let toggles: [Toggle; 6] = [
        ("a size", |s, w| {
            size(s, w, 300);
            size(s, w, 100);
        }),
        ("a border", |s, w| {
            for border in [9, 0] {
                let wish = ConfigureWindowAux::new().border_width(border);
                s.client.configure_window(w, &wish).unwrap();
            }
        }),
        ("gravity and a size", |s, w| {
            let south = ChangeWindowAttributesAux::new().bit_gravity(Gravity::SOUTH_EAST);
            s.client.change_window_attributes(w, &south).unwrap();
            size(s, w, 60);
            size(s, w, 100);
            let north = ChangeWindowAttributesAux::new().bit_gravity(Gravity::NORTH_WEST);
            s.client.change_window_attributes(w, &north).unwrap();
        }),
        ("whether it is shown", |s, w| {
            s.client.unmap_window(w).unwrap();
            s.client.map_window(w).unwrap();
        }),
        ("a shape", |s, w| {
            let none: [Rectangle; 0] = [];
            s.client
                .shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::UNSORTED, w, 0, 0, &none)
                .unwrap();
            s.client
                .shape_mask(SO::SET, SK::BOUNDING, w, 0, 0, x11rb::NONE)
                .unwrap();
        }),
        ("a clip shape", |s, w| {
            let none: [Rectangle; 0] = [];
            s.client
                .shape_rectangles(SO::SET, SK::CLIP, ClipOrdering::UNSORTED, w, 0, 0, &none)
                .unwrap();
            s.client.shape_mask(SO::SET, SK::CLIP, w, 0, 0, x11rb::NONE).unwrap();
        }),
    ];
    for (what, toggle) in toggles {
        let mut scene = Scene::start("320x240");
        scene.window(MAGENTA, (0, 0), (320, 240));
        let window = scene.bare((20, 30), (100, 80));
        scene.settle();
        scene.draw(window, &CreateGCAux::new().foreground(GREEN), (0, 0), (100, 80));
        scene.settle();
        assert_eq!(scene.count(GREEN), 100 * 80);
        toggle(&scene, window);
        scene.client.sync().unwrap();
        let look = scene.look();
        let seen = Scene::seen(&look, window);
        assert!(look.fresh && seen.inner.is_empty(), "{what} was not noticed");
        assert_eq!(seen.cause, Some(Cause::Begins), "{what}");
        let look = scene.settle();
        only(&scene, &look, &[GREEN]);
    }
}

#[test]
fn a_window_of_other_colours_is_not_read() {
    let mut scene = Scene::start("320x240");
    let setup = scene.client.setup();
    let depth = setup.roots[0]
        .allowed_depths
        .iter()
        .find(|depth| depth.depth == 24)
        .unwrap();
    let direct = depth
        .visuals
        .iter()
        .find(|visual| visual.class == x11rb::protocol::xproto::VisualClass::DIRECT_COLOR);
    let visual = direct.expect("this server has no such format").visual_id;
    let (colours, window) = (scene.client.generate_id().unwrap(), scene.client.generate_id().unwrap());
    let none = x11rb::protocol::xproto::ColormapAlloc::NONE;
    let root = scene.screen.root;
    scene.client.create_colormap(none, colours, root, visual).unwrap();
    let look = CreateWindowAux::new().background_pixel(GREEN).colormap(colours);
    let class = WindowClass::INPUT_OUTPUT;
    scene
        .client
        .create_window(24, window, root, 20, 30, 100, 80, 0, class, visual, &look)
        .unwrap();
    scene.client.map_window(window).unwrap();
    scene.client.sync().unwrap();
    let look = scene.settle();
    let seen = Scene::seen(&look, window);
    assert!(seen.inner.is_empty() && seen.cause == Some(Cause::Mixed));
}

#[test]
fn the_place_of_the_mark_is_read_back_from_the_screen() {
    let mut scene = Scene::start("320x240");
    scene.window(GREEN, (20, 30), (100, 80));
    scene.settle();
    let over = scene.window(MAGENTA, (100, 60), (100, 100));
    scene.settle();
    let place = Rect::new(90, 50, 20, 20);
    for fresh in [true, false] {
        if fresh {
            scene.screen.refresh();
        }
        let now = || Timestamp::from_millis(1);
        let look = scene.screen.look(now, &mut scene.frame, Some(place)).unwrap();
        assert_eq!(look.fresh, fresh);
        let corner = look.corner.unwrap();
        assert_eq!(corner.len(), 20 * 20 * 4);
        assert_eq!(corner[..3], GREEN.to_le_bytes()[..3]);
        assert_eq!(corner[corner.len() - 4..][..3], MAGENTA.to_le_bytes()[..3]);
    }
    // Painting is seen there as well, whatever else is read.
    let red = ChangeWindowAttributesAux::new().background_pixel(0xff_0000);
    scene.client.change_window_attributes(over, &red).unwrap();
    scene.client.clear_area(false, over, 0, 0, 0, 0).unwrap();
    scene.client.sync().unwrap();
    let now = || Timestamp::from_millis(1);
    let look = scene.screen.look(now, &mut scene.frame, Some(place)).unwrap();
    assert!(look.fresh);
    assert_eq!(look.corner.unwrap()[20 * 20 * 4 - 4..][..3], [0, 0, 0xff]);
    let off = Rect::new(400, 0, 20, 20);
    let look = scene.screen.look(now, &mut scene.frame, Some(off)).unwrap();
    assert!(look.corner.is_none());
}
