//! `watchdog forward` and its supervisor, with real kubectl against demo clusters.

mod chaos;
mod life;
mod names;
mod odd;
mod pinned;
mod relay;
mod survival;
mod verbs;
