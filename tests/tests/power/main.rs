//! Power cuts: real programs write, and the power is cut behind every change that they make to the disk.
//!
//! Linux only: the changes are seen by a C library that is loaded into the program (`watch.c`).
#![cfg(test)]
#![cfg(target_os = "linux")]

mod change;
mod command;
mod custody;
mod cut;
mod disk;
mod journal;
mod ledger;
mod luck;
mod recording;
mod sessions;
mod state;
mod wrong;
