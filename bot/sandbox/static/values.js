// What is filled in on one surface (a message, a modal, a Home), in the shape of Slack's state.values.

const STARTS = {
  plain_text_input: (spec) => ({ value: spec.initial_value || null }),
  email_text_input: (spec) => ({ value: spec.initial_value || null }),
  url_text_input: (spec) => ({ value: spec.initial_value || null }),
  number_input: (spec) => ({ value: spec.initial_value || null }),
  datepicker: (spec) => ({ selected_date: spec.initial_date || null }),
  timepicker: (spec) => ({ selected_time: spec.initial_time || null }),
  datetimepicker: (spec) => ({ selected_date_time: spec.initial_date_time || null }),
  radio_buttons: (spec) => ({ selected_option: spec.initial_option || null }),
  checkboxes: (spec) => ({ selected_options: spec.initial_options || [] }),
  static_select: (spec) => ({ selected_option: spec.initial_option || null }),
  external_select: (spec) => ({ selected_option: spec.initial_option || null }),
  users_select: (spec) => ({ selected_user: spec.initial_user || null }),
  conversations_select: (spec) => ({ selected_conversation: spec.initial_conversation || null }),
  channels_select: (spec) => ({ selected_channel: spec.initial_channel || null }),
  multi_static_select: (spec) => ({ selected_options: spec.initial_options || [] }),
  multi_external_select: (spec) => ({ selected_options: spec.initial_options || [] }),
  multi_users_select: (spec) => ({ selected_users: spec.initial_users || [] }),
  multi_conversations_select: (spec) => ({ selected_conversations: spec.initial_conversations || [] }),
  multi_channels_select: (spec) => ({ selected_channels: spec.initial_channels || [] }),
};

export function isStateful(type) {
  return type in STARTS;
}

export class Values {
  // `before`: the values of the same surface before an update. As in Slack, what a person entered stays
  // as long as block_id and action_id stay.
  constructor(before = null) {
    this.before = before;
    this.blocks = {};
  }

  start(blockId, spec) {
    const kept = this.before?.get(blockId, spec.action_id);
    const value = kept?.type === spec.type ? kept : { type: spec.type, ...STARTS[spec.type](spec) };
    this.set(blockId, spec.action_id, value);
    return value;
  }

  get(blockId, actionId) {
    return this.blocks[blockId]?.[actionId] ?? null;
  }

  set(blockId, actionId, value) {
    this.blocks[blockId] = { ...this.blocks[blockId], [actionId]: value };
  }
}
