//! The tables of the book, in a PostgreSQL transaction.

use std::collections::HashMap;

use ::postgres::types::{ToSql, Type};
use ::postgres::{Client, Statement};

use super::fault::Trouble;
use crate::ledger::rows::{Bind, Objection, Row, Rows, Value};

/// The tables, within one transaction.
pub(super) struct Tables<'l> {
    client: &'l mut Client,
    prepared: &'l mut HashMap<&'static str, Statement>,
}

impl<'l> Tables<'l> {
    pub(super) const fn new(client: &'l mut Client, prepared: &'l mut HashMap<&'static str, Statement>) -> Self {
        Self { client, prepared }
    }

    fn prepared(&mut self, sql: &'static str) -> Result<Statement, Trouble> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }
}

fn given<'b>(bind: &'b [Bind<'b>]) -> Vec<&'b (dyn ToSql + Sync)> {
    bind.iter()
        .map(|value| match value {
            Bind::Number(number) => number as &(dyn ToSql + Sync),
            Bind::Text(text) => text as &(dyn ToSql + Sync),
        })
        .collect()
}

fn value(row: &::postgres::Row, column: usize, kind: &Type) -> Result<Value, Trouble> {
    let value = if *kind == Type::INT8 {
        row.try_get::<_, Option<i64>>(column)?.map(Value::Number)
    } else if *kind == Type::TEXT {
        row.try_get::<_, Option<String>>(column)?.map(Value::Text)
    } else {
        return Err(Objection::Foreign("its tables are not those of a ledger".into()).into());
    };
    Ok(value.unwrap_or(Value::Nothing))
}

impl Rows for Tables<'_> {
    type Error = Trouble;

    fn rows(&mut self, sql: &'static str, bind: &[Bind<'_>]) -> Result<Vec<Row>, Trouble> {
        let statement = self.prepared(sql)?;
        let found = self.client.query(&statement, &given(bind))?;
        let row = |row: &::postgres::Row| {
            let columns = row.columns().iter().enumerate();
            let values: Result<Vec<Value>, Trouble> =
                columns.map(|(column, of)| value(row, column, of.type_())).collect();
            values.map(Row)
        };
        found.iter().map(row).collect()
    }

    fn change(&mut self, sql: &'static str, bind: &[Bind<'_>]) -> Result<(), Trouble> {
        let statement = self.prepared(sql)?;
        self.client.execute(&statement, &given(bind))?;
        Ok(())
    }
}
