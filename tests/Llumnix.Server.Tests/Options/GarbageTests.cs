using CsCheck;
using Llumnix.Adapters.Options;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Tests.Options;

public sealed class GarbageTests
{
    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.String[0, 20],
        Gen.OneOf([.. SchedulerOptionTable.Instance.Rows.Select(row => row.Flag)]),
        Gen.OneOf("--", "-", "---", "=", "--=", "-1", "'", "\"", "a=,", "{", "[", "- ", ": ", "&a ", "*a", "!!x ", "\n", "\t", "%", "? ", "|"));

    [Fact]
    public void Parse_AnyCommandLine_NeverThrows() =>
        Word.Array[0, 12].Sample(args => Check(new OptionsInput(args)), iter: 2000);

    [Fact]
    public void Parse_AnyConfigFile_NeverThrows() =>
        Word.Array[0, 12].Sample(
            words => Check(new OptionsInput("--config=c") { Files = { ["c"] = string.Concat(words) } }), iter: 2000);

    /// <summary>Texts on which the YAML parser itself fails in ways of its own.</summary>
    [Theory]
    [InlineData("\t: --llumlet-grpc-timeout-seconds")]
    [InlineData("\t- [rv xFx\\M3g--rescheduling-req-select-ruleYku,ODZ*+_Kjnz-*a\n--=E=HKP")]
    public void Parse_ConfigFileThatBreaksTheYamlParser_IsAProblem(string text) =>
        Assert.NotEmpty(new OptionsInput("--config=c") { Files = { ["c"] = text } }.Parse().Errors);

    [Fact]
    public void Parse_AnyExtraArgumentsAndVariables_NeverThrows() =>
        Word.Array[0, 8].Sample(
            words => Check(new OptionsInput("--extra-args", string.Concat(words))
            {
                Environment = { ["LLUMNIX_SCHEDULER_" + string.Concat(words)] = "x", ["LLUMNIX_SCHEDULER_SEED"] = string.Concat(words) },
            }),
            iter: 2000);

    [Fact]
    public void Parse_HugeFlag_GivesAShortMessage()
    {
        OptionProblem error = Assert.Single(OptionsInput.Parse("--" + new string('x', 1_000_000)).Errors);
        Assert.InRange(error.ToString().Length, 1, 200);
    }

    private static void Check(OptionsInput input)
    {
        OptionsParseResult<SchedulerOptions> result = input.Parse();
        string[] lines = OptionsReport.RenderProblems(result).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        bool hasIgnored = result.IgnoredFlags.Count > 0;
        Assert.Equal(result.Errors.Count + result.Warnings.Count + (hasIgnored ? 1 : 0), lines.Length);
    }
}
