//! A load as CSV.

use super::load::{Load, READY, REPLICAS, SET_REPLICAS, TIME};
use super::report::Seconds;
use crate::hpa::algorithm::Share;
use crate::kube::Quantity;

impl Load {
    /// The load as [`Load::parse`] reads it. Values of each pod become totals over the replicas of their row.
    pub fn csv(&self) -> anyhow::Result<Vec<u8>> {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        let mut header = vec![TIME];
        header.extend(self.columns.iter().map(|column| column.name.as_str()));
        let counts = [(REPLICAS, &self.replicas), (READY, &self.ready)];
        let counts: Vec<_> =
            counts.into_iter().filter_map(|(name, it)| Some((name, it.as_ref()?))).collect();
        header.extend(counts.iter().map(|(name, _)| *name));
        if !self.set_replicas.is_empty() {
            header.push(SET_REPLICAS);
        }
        writer.write_record(&header)?;
        for (row, time) in self.times.iter().enumerate() {
            writer.write_field(self.time(*time))?;
            for column in &self.columns {
                let value = column.values.get(row).copied().flatten();
                let value = match column.share {
                    Share::OfTotal => value,
                    Share::Each => value
                        .zip(self.replicas_at(row))
                        .map(|(value, pods)| value.saturating_mul(pods)),
                };
                writer.write_field(value.map(written).unwrap_or_default())?;
            }
            for (_, counts) in &counts {
                let count = counts.get(row).copied().flatten();
                writer.write_field(count.map(|it| it.to_string()).unwrap_or_default())?;
            }
            if !self.set_replicas.is_empty() {
                let set = self.set_replicas.iter().rfind(|(it, _)| *it == row);
                writer.write_field(set.map(|(_, it)| it.to_string()).unwrap_or_default())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
    }

    fn replicas_at(&self, row: usize) -> Option<i64> {
        self.replicas.as_ref()?.get(row).copied().flatten().map(i64::from)
    }

    fn time(&self, millis: i64) -> String {
        let at = self
            .start
            .and_then(|start| start.checked_add(jiff::SignedDuration::from_millis(millis)).ok());
        at.map_or_else(|| Seconds(millis).to_string(), |at| at.to_string())
    }
}

fn written(thousandths: i64) -> String {
    Quantity::from_thousandths(thousandths).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for csv in [
            "time,cpu,\"queue{a=b,c=d}\",replicas,ready,setReplicas\n2026-01-31T12:00:00Z,250m,1k,2,2,\n2026-01-31T12:00:15.5Z,,1500m,,,4\n",
            "time,cpu\n0,1\n7.5,2\n",
        ] {
            let load = Load::parse(csv).unwrap();
            assert_eq!(String::from_utf8(load.csv().unwrap()).unwrap(), csv);
        }
        let mut load = Load::parse("time,memory,replicas\n0,2,3\n").unwrap();
        load.columns[0].share = Share::Each;
        assert_eq!(
            String::from_utf8(load.csv().unwrap()).unwrap(),
            "time,memory,replicas\n0,6,3\n"
        );
    }
}
