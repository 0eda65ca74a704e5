//! Policies that misbehave: each ends in a refusal that names the fault, soon, and the next session works.

mod ask;
mod computing;
mod loading;
mod nonsense;
mod sessions;
mod shapes;
mod work;
