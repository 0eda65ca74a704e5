//! The server, and the line to it.

use std::collections::HashMap;
use std::time::Duration;

use ::postgres::config::Host;
use ::postgres::{Client, Config, Error, NoTls, Statement};

use super::fault::Trouble;
use super::layout;
use super::tables::Tables;
use crate::stores::StoreError;

/// How long a transaction waits for those of others, in ms; and how long for the server.
pub(super) const PATIENCE: u64 = 5_000;

/// What every line demands: what is acknowledged is on the server's disk; nobody waits for ever, and nobody
/// who went away in the middle holds up the others.
const DEMANDS: &str = "
SET synchronous_commit = on;
SET lock_timeout = '5s';
SET statement_timeout = '30s';
SET idle_in_transaction_session_timeout = '30s';
SET default_transaction_isolation = 'read committed';
SET client_min_messages = warning;
SET search_path = gardefou_ledger;
";

type Connect = Box<dyn Fn() -> Result<Client, Error> + Send + Sync>;

/// Where a ledger is, and how it is reached.
pub(super) struct Server {
    name: String,
    connect: Connect,
}

impl Server {
    pub(super) fn at(address: &str) -> Result<Self, StoreError> {
        // What is wrong with the address is not said: a part of it may be the password.
        let mut config: Config = address.parse().map_err(|_| StoreError::Unreachable {
            store: "PostgreSQL".to_owned(),
            error: "its address is malformed".to_owned(),
        })?;
        let patience = Duration::from_millis(PATIENCE);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(patience);
        }
        config.tcp_user_timeout(2 * patience);
        let name = name(&config);
        Ok(Self::with(&name, move || config.connect(NoTls)))
    }

    pub(super) fn with(name: &str, connect: impl Fn() -> Result<Client, Error> + Send + Sync + 'static) -> Self {
        Self {
            name: name.to_owned(),
            connect: Box::new(connect),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// What messages call the server: where it is and which database, neither account nor password.
fn name(config: &Config) -> String {
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.display().to_string(),
    });
    let hosts: Vec<String> = hosts.collect();
    let ports: Vec<String> = config.get_ports().iter().map(u16::to_string).collect();
    let port = if ports.is_empty() {
        String::new()
    } else {
        format!(":{}", ports.join(","))
    };
    let database = config.get_dbname().unwrap_or_default();
    format!("postgresql://{}{port}/{database}", hosts.join(","))
}

/// A line to the server.
pub(super) struct Line {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Line {
    /// A new line, with a ledger at its end. One is made only where none is known to have been.
    pub(super) fn new(server: &Server, may_make: bool) -> Result<Self, Trouble> {
        let mut client = (server.connect)()?;
        let syncs: String = client.query_one("SHOW fsync", &[])?.try_get(0)?;
        if syncs != "on" {
            return Err(Trouble::NotDurable);
        }
        client.batch_execute(DEMANDS)?;
        layout::expect(&mut client, may_make)?;
        Ok(Self {
            client,
            prepared: HashMap::new(),
        })
    }

    pub(super) fn is_dead(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) fn begin(&mut self) -> Result<(), Trouble> {
        Ok(self.client.batch_execute("BEGIN")?)
    }

    pub(super) fn commit(&mut self) -> Result<(), Trouble> {
        Ok(self.client.batch_execute("COMMIT")?)
    }

    pub(super) fn roll_back(&mut self) -> Result<(), Trouble> {
        Ok(self.client.batch_execute("ROLLBACK")?)
    }

    pub(super) fn tables(&mut self) -> Tables<'_> {
        Tables::new(&mut self.client, &mut self.prepared)
    }
}
