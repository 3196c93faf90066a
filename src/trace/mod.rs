//! Which backend does this request hit? Objects of the Gateway API and a request → what the data plane answers, and why.
//!
//! It knows the Gateway API alone, neither a spec nor a model: the objects may be anybody's. Rules are those of the
//! specification (standard channel, release 1.5.1); where Application Gateway for Containers is known to do something else, or
//! nothing is known of what it does, the answer carries a note.
//!
//! ```text
//! trees ── Objects::read ─> Objects ── Attachments::of ─> Attachments ── Router::new ─> Router
//! Router + Request ── trace ─> Decision ── story ─> text
//! ```

pub mod analysis;
mod answer;
pub mod api;
mod attach;
mod by_path;
mod decision;
mod hostname;
mod moment;
mod notes;
mod objects;
mod pattern;
mod request;
mod route;
mod router;
mod shape;
mod status;
mod story;

pub use analysis::{Problem, analyse};
pub use answer::{BackendState, backend_state, unknown_filter};
pub use attach::{
    Attachment, Attachments, ListenerFault, ListenerId, ListenerState, ParentState, Refusal,
};
pub use decision::{
    Answer, Backend, Decision, HeaderChanges, ListenerName, Loser, MatchName, Mirror, SeenRequest,
    ServiceName, Share,
};
pub use hostname::Hostname;
pub use moment::Moment;
pub use objects::{Double, Gateway, ObjectName, Objects, ReferenceGrant, Refused};
pub use pattern::{MOST_BYTES, Pattern};
pub use request::{BadRequest, Request, Scheme};
pub use route::{Match, Miss, NamedPattern, Route, RouteKind, Rule, Target};
pub use router::Router;
pub use shape::Excess;
pub use status::{
    Condition, GatewayStatus, ListenerStatus, ParentStatus, RouteStatus, Status, SupportedKind,
};
pub use story::story;
