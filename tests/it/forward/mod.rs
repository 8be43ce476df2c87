//! `watchdog forward` and its supervisor, with real kubectl against demo clusters.

mod address;
mod chaos;
mod life;
mod names;
mod odd;
mod pinned;
mod ports;
mod relay;
mod start;
mod survival;
mod verbs;
