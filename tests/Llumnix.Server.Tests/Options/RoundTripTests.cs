using CsCheck;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Tests.Options;

public sealed class RoundTripTests
{
    private static readonly OptionDefinition<SchedulerOptions>[] Rows = [.. SchedulerOptionTable.Instance.Rows.Where(row => row.Binding is not null)];

    // Texts of every kind; those that an option does not take are left out below.
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Int[-2, 100_000].Select(number => FormattableString.Invariant($"{number}")),
        Gen.Double[0, 10].Select(number => FormattableString.Invariant($"{number:R}")),
        Gen.Bool.Select(value => value ? "true" : "false"),
        Gen.OneOf("load-balance", "round-robin", "flood", "slo", "num_requests", "history", "decode_batch_size", "decode_load", "node", "v6d",
            "xxhash", "leader", "LCR", "NUM_REQ", "RATIO", "TOKEN", "etcd", "endpoints", "unit", "triage", "host", "a:1,[::1]:2", " x, y ", ""),
        Gen.String[Gen.Char.AlphaNumeric, 0, 8]);

    private static readonly Gen<string[]> Args =
        Gen.Select(Gen.OneOf(Rows), Text, (row, text) => (row, text)).Array[0, 25].Select(settings => ToArgs(settings));

    [Fact]
    public void Parse_RenderedOptions_GivesTheSameOptions() => Args.Sample(
        args =>
        {
            SchedulerOptions options = OptionsInput.Parse(args).Options;
            OptionsParseResult<SchedulerOptions> again = OptionsInput.Parse([.. Rows.Select(row => $"{row.Flag}={row.Binding!.Write(options)}")]);
            Assert.Equivalent(options, again.Options, strict: true);
            Assert.Equal(
                Rows.Where(row => row.IsSecret).Select(row => row.Binding!.Write(options)),
                Rows.Where(row => row.IsSecret).Select(row => row.Binding!.Write(again.Options)));
        },
        iter: 300);

    [Fact]
    public void Parse_EveryOptionSet_ComesOutOfItsOwnFlag()
    {
        // A row that writes another row's property would show here.
        foreach (OptionDefinition<SchedulerOptions> row in Rows)
        {
            string text = new[] { "7", "3", "true", "false", "node", "xxhash", "v6d", "etcd", "LR", "RATIO", "unit", "triage", "plain", "engines", "history", "a:1", "leader", "on", "0.5" }
                .First(text => text != DefaultOf(row) && row.Binding!.TryApply(text, new SchedulerOptions(), out SchedulerOptions o) && row.Binding.Write(o) != DefaultOf(row));
            row.Binding!.TryApply(text, new SchedulerOptions(), out SchedulerOptions changed);
            OptionDefinition<SchedulerOptions> only = Assert.Single(Rows, other => other.Binding!.Write(changed) != DefaultOf(other));
            Assert.Equal(row.Name, only.Name);
        }
    }

    private static string DefaultOf(OptionDefinition row) => SchedulerOptionTable.Instance.DefaultOf(row);

    private static string[] ToArgs((OptionDefinition<SchedulerOptions> Row, string Text)[] settings) =>
    [
        .. settings
            .Where(setting => setting.Row.Binding!.TryApply(setting.Text, new SchedulerOptions(), out _))
            .Select(setting => $"{setting.Row.Flag}={setting.Text}"),
    ];
}
