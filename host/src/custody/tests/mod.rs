//! Custody on real folders, under a real policy component.

mod access;
mod belief;
mod beside;
mod duty;
mod forgotten;
mod hostile;
mod journals;
mod model;
mod power;
mod proven;
mod purge;
mod rights;
mod shop;
mod time;
