//! Lists of campaigns: what their filters may name.

use leadhook_filter::{Filter, Schema, Type, Value};
use leadhook_store::{Campaign, CampaignId, CampaignType, Page, Store};

use super::view::CampaignView;
use crate::{
    engine::Engine,
    error::{Error, Violation},
};

impl<S: Store> Engine<S> {
    /// A page of campaigns, oldest first, those after `after`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the filter.
    pub fn list_campaigns(
        &self,
        filter: &str,
        after: Option<CampaignId>,
        limit: usize,
    ) -> Result<Page<CampaignView, CampaignId>, Error> {
        let filter = Filter::parse(filter, &CampaignSchema)
            .map_err(|error| Error::filter(Violation::of_filter(&error)))?;
        let snapshot = self.snapshot();
        let matching = snapshot
            .campaigns
            .iter()
            .map(|live| &live.campaign)
            .filter(|campaign| after.is_none_or(|after| campaign.id > after))
            .filter(|campaign| {
                let name = format!("campaigns/{}", campaign.name);
                let program = campaign.definition.program;
                let program = program.and_then(|id| snapshot.programs.by_id(id));
                let program = program.map(|live| live.resource_name());
                filter.matches(|column| column.read(campaign, &name, program.as_deref()))
            });
        let page = Page::take(matching, limit, |campaign| campaign.id);
        Ok(page.map(|campaign| CampaignView::new(campaign, &snapshot)))
    }
}

/// What a filter of campaigns may name: the scalar fields of their message (R-FIL-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    DisplayName,
    Description,
    Program,
    Type,
    Active,
    Id,
}

struct CampaignSchema;

impl CampaignSchema {
    const COLUMNS: [(&'static str, Column, Type); 7] = [
        ("name", Column::Name, Type::Name("campaigns")),
        ("display_name", Column::DisplayName, Type::Text),
        ("description", Column::Description, Type::Text),
        ("program", Column::Program, Type::Name("programs")),
        ("type", Column::Type, Type::Enum(&["TRIGGER", "BATCH"])),
        ("active", Column::Active, Type::Boolean),
        ("id", Column::Id, Type::Number),
    ];
}

impl Schema for CampaignSchema {
    type Field = Column;

    fn field(&self, name: &str) -> Option<(Column, Type)> {
        let (_, column, ty) = Self::COLUMNS.iter().find(|(column, ..)| *column == name)?;
        Some((*column, *ty))
    }

    fn names(&self) -> Vec<String> {
        Self::COLUMNS
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect()
    }
}

impl Column {
    fn read<'a>(
        self,
        campaign: &'a Campaign,
        name: &'a str,
        program: Option<&'a str>,
    ) -> Option<Value<'a>> {
        let definition = &campaign.definition;
        match self {
            Column::Name => Some(Value::Text(name)),
            Column::DisplayName => Some(Value::Text(&definition.display_name)),
            Column::Description => Some(Value::Text(&definition.description)),
            Column::Program => program.map(Value::Text),
            Column::Type => Some(Value::Enum(match definition.campaign_type {
                CampaignType::Trigger => 0,
                CampaignType::Batch => 1,
            })),
            Column::Active => Some(Value::Boolean(campaign.active)),
            Column::Id => Some(Value::Integer(campaign.id.0)),
        }
    }
}
