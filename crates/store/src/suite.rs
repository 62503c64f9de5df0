//! The tests that every backend must pass: each function is one behaviour.
//!
//! A backend says where its data is ([`Place`]) and names itself to [`suite!`](crate::suite!), in a test binary that has tokio with its
//! `macros` and a runtime:
//!
//! ```ignore
//! struct Directory(tempfile::TempDir);
//!
//! impl Place for Directory {
//!     type Store = MyStore;
//!
//!     fn new() -> Self {
//!         Directory(tempfile::tempdir().unwrap())
//!     }
//!
//!     async fn open(&self) -> MyStore {
//!         MyStore::open(self.0.path()).unwrap()
//!     }
//! }
//!
//! leadhook_store::suite!(Directory);
//! ```
//!
//! That makes one test of each behaviour. What a behaviour finds wrong it panics with.

use std::future::Future;

use crate::Store;

#[expect(missing_docs, reason = "names of behaviours")]
pub mod activities;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod called_webhook;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod campaigns;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod catalog;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod claims;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod companies;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod detach;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod durability;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod entries;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod erase;
pub mod flow;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod leads;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod list_calls;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod list_leads;
pub mod make;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod programs;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod record;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod requests;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod runs;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod waiting;
#[expect(missing_docs, reason = "names of behaviours")]
pub mod waiting_entries;

/// Where a backend under test keeps its data. Dropping it takes the data away.
pub trait Place {
    /// The backend.
    type Store: Store;

    /// A place where nothing is yet.
    fn new() -> Self;

    /// Opens what is there. A store that was open there was dropped before.
    fn open(&self) -> impl Future<Output = Self::Store>;
}

/// Makes a test of each behaviour, for a type that is a [`Place`](crate::suite::Place).
#[macro_export]
macro_rules! suite {
    ($place:ty) => {
        $crate::suite_of! { $place, open,
            catalog {
                a_fresh_store_is_empty
                what_is_put_is_read_back
                a_change_of_another_revision_is_refused_whole
                one_of_two_changes_at_once_wins
                definitions_are_kept_for_good
                a_name_is_free_once_its_webhook_is_deleted
                a_change_of_state_leaves_the_definition
                custom_fields_come_and_go
            }
            leads {
                values_of_all_types_come_back
                r_lead_1_a_lead_is_found_by_its_lookup_field_or_made
                r_lead_1_of_several_the_one_updated_last_is_taken
                r_lead_1_one_key_twice_in_a_request_is_one_lead
                r_lead_1_a_lead_that_is_named_and_missing_is_not_made
                r_lead_1_any_field_may_be_the_lookup_field
                r_lead_1_long_texts_are_told_apart_by_their_ends
                r_lead_1_writers_at_once_make_one_lead
                a_value_that_changed_is_found_by_the_new_one_alone
                each_change_makes_a_lead_later
                leads_come_in_the_order_asked
                subjects_are_projections_of_whole_leads
                ids_are_never_given_twice
            }
            companies {
                r_lead_5_leads_of_one_company_name_share_a_company
                r_lead_5_company_fields_without_a_name_make_a_nameless_company
                r_lead_5_a_name_written_later_names_the_nameless_one
                r_lead_5_a_name_that_exists_links_to_its_company
                r_lead_5_a_new_name_is_another_company
                r_lead_5_clearing_the_name_leaves_the_company
                r_lead_5_fields_beside_a_cleared_name_make_a_nameless_company
                r_map_9_a_call_writes_to_the_company_of_its_lead
                r_lead_5_a_nameless_company_stays_as_long_as_it_has_leads
                companies_are_upserted_by_name_id_or_another_field
                a_name_that_another_company_bears_is_refused
            }
            record {
                a_call_comes_back_whole
                changes_have_previous_and_new_values
                r_map_10_equal_values_are_no_change
                r_call_11_a_call_for_an_inline_lead_writes_nothing
                a_call_for_an_erased_lead_keeps_nothing_of_it
                ids_of_calls_ascend
                a_batch_that_fails_leaves_the_others_alone
                the_last_call_is_told_once_it_is_durable
                phrases_beyond_all_bounds_come_back
            }
            list_calls {
                r_fil_3_pages_are_what_the_filter_leaves
                r_fil_3_webhooks_match_by_the_name_that_they_had
                r_fil_3_nothing_matches_what_nobody_called
                pages_end_at_their_bytes
                bodies_are_there_only_when_asked_for
                r_lead_4_pages_end_where_enough_was_looked_at
            }
            list_leads {
                r_fil_3_pages_are_what_the_filter_leaves
                pages_end_at_their_bytes
                r_lead_4_pages_end_where_enough_was_looked_at
            }
            programs {
                what_is_put_is_read_back
                values_of_members_come_back_in_the_order_asked
                what_is_not_named_stays_and_none_clears
                a_row_that_cannot_be_written_leaves_the_others_alone
                r_lead_6_memberships_are_erased_with_their_lead
                memberships_are_erased_with_their_program
            }
            called_webhook {
                r_cmp_4_leads_are_selected_by_their_calls
                r_cmp_2_the_first_filter_that_matches_is_told
            }
            activities {
                r_map_7_a_call_is_followed_by_what_it_changed
                r_lead_4_pages_of_activities_go_on_anywhere
                r_lead_4_pages_of_activities_end_where_enough_was_looked_at
                pages_of_activities_end_at_their_bytes
                r_lead_6_an_erased_lead_has_no_activities
            }
            requests {
                r_call_9_a_call_is_remembered_with_its_request
                r_call_9_an_upsert_is_remembered_with_its_answer
                r_call_9_requests_are_forgotten_after_a_day
                r_call_9_methods_have_ids_of_their_own
                r_call_9_a_batch_that_fails_is_not_remembered
            }
            campaigns {
                campaigns_come_back_in_id_order
                r_cmp_6_definitions_are_kept_for_good
                r_def_5_a_campaign_that_leads_are_in_is_not_deleted
                r_fil_3_calls_are_found_by_their_campaigns_name
            }
            runs {
                a_run_has_the_leads_of_its_moment
                leads_of_a_run_come_by_pages
                r_call_9_a_run_is_remembered_with_its_request
                r_cmp_9_a_run_counts_what_became_of_its_leads
                r_cmp_9_a_run_is_not_over_while_a_lead_waits
                a_run_without_leads_is_completed_at_once
                recording_an_end_twice_counts_once
                r_cmp_8_who_does_not_qualify_is_skipped
                r_cmp_9_a_cancelled_run_lets_calls_in_flight_finish
                a_run_that_is_over_or_running_is_not_ended_as_cancelled
                r_lead_6_an_erased_lead_leaves_its_run
                runs_are_listed_oldest_first
                a_step_that_fails_leaves_the_run_alone
            }
            entries {
                r_cmp_3_an_entry_is_written_with_its_cause
                r_call_11_a_call_for_an_inline_lead_makes_no_entry
                r_cmp_8_who_does_not_qualify_is_passed_over
                r_cmp_8_a_lead_that_entered_when_it_was_new_has_entered
                r_cmp_3_steps_write_and_make_entries
                r_cmp_10_a_chain_ends_after_ten_campaigns
                r_cmp_10_a_chain_ends_after_a_thousand_entries
                r_cmp_10_a_long_wait_begins_a_new_chain
                r_cmp_10_a_call_hands_its_entrys_chain_on
                r_lead_6_an_erased_lead_leaves_every_flow
                r_cmp_6_a_lead_may_be_in_one_campaign_twice
            }
            claims {
                each_entry_is_given_out_once_until_its_next_step
                claims_at_once_share_no_entry
                r_call_12_what_is_held_back_is_given_to_who_asks_for_it
                entries_and_calls_stand_in_one_line
                nothing_is_lost_and_nothing_given_out_twice
            }
            waiting {
                r_call_6_a_call_that_waits_is_on_record_until_it_has_ended
                r_call_6_a_call_that_waits_has_no_effect_yet
                r_call_9_a_call_that_waits_is_remembered_with_its_request
                r_call_6_a_call_that_nobody_waits_for_is_given_out_at_once
                r_call_6_a_call_that_a_client_waits_for_stays_with_it
            }
            waiting_entries {
                r_cmp_9_an_entry_waits_for_its_call
                r_lead_6_a_call_that_waits_has_ended_when_its_lead_is_erased
                r_cmp_9_calls_of_a_cancelled_run_are_given_out_for_their_end
                a_call_whose_step_is_on_record_does_not_wait
                what_cannot_have_waited_is_refused
                r_cmp_9_a_lead_waits_for_its_time_or_held_back_and_not_between_its_steps
            }
            detach {
                r_cmp_9_a_lead_that_lags_gets_a_row
                who_has_ended_or_has_a_row_gets_no_other
                r_lead_6_an_erased_lead_that_lags_leaves_its_run
                r_cmp_9_a_cancelled_run_takes_the_rows_of_those_that_lag
            }
            erase {
                r_lead_6_a_lead_is_erased_with_what_its_calls_tell_of_it
                r_lead_6_a_lead_that_is_not_there_is_not_erased
                r_lead_6_a_lead_takes_its_nameless_company_with_it
            }
        }
        $crate::suite_of! { $place, place,
            durability {
                what_was_answered_is_there_after_reopening
                what_was_handed_over_is_carried_out
                r_cmp_9_runs_and_entries_go_on_after_reopening
                r_call_6_what_waits_goes_on_after_reopening
            }
        }
    };
}

/// Tests of some behaviours; a part of [`suite!`](crate::suite!).
#[doc(hidden)]
#[macro_export]
macro_rules! suite_of {
    ($place:ty, open, $($group:ident { $($behaviour:ident)+ })+) => {
        $(mod $group {
            use super::*;

            $(#[tokio::test]
            async fn $behaviour() {
                let place = <$place as $crate::suite::Place>::new();
                let store = $crate::suite::Place::open(&place).await;
                $crate::suite::$group::$behaviour(&store).await;
            })+
        })+
    };
    ($place:ty, place, $($group:ident { $($behaviour:ident)+ })+) => {
        $(mod $group {
            use super::*;

            $(#[tokio::test]
            async fn $behaviour() {
                let place = <$place as $crate::suite::Place>::new();
                $crate::suite::$group::$behaviour(&place).await;
            })+
        })+
    };
}

#[cfg(test)]
mod tests;
