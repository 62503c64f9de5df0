//! `leadhook demo`.

pub(crate) async fn run(_: crate::cli::Demo) -> anyhow::Result<()> {
    anyhow::bail!("the demo is being built")
}
