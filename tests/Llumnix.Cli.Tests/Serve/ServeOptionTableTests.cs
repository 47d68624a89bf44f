using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Serve;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Tests.Serve;

/// <summary>The flags of <c>llumnix serve</c>, wherever they are given.</summary>
public sealed class ServeOptionTableTests
{
    [Fact]
    public void Parse_EnginesAlone_IsEnough()
    {
        OptionsParseResult<ServeSettings> parsed = Parse("--engines=http://a:8000,http://b:8000");
        Assert.Empty(parsed.Errors);
        Assert.Equal([new ListedEngine("a", 8000), new ListedEngine("b", 8000)], parsed.Options.Engines);
        Assert.Equal(new GatewayOptions(), parsed.Options.Gateway);
    }

    [Fact]
    public void Parse_DefaultsAsFlags_GivesTheSame()
    {
        OptionTable<ServeSettings> table = ServeOptionTable.Instance;
        OptionsParseResult<ServeSettings> parsed = Parse([.. table.Rows.Where(static row => row.HasValue).Select(row => $"{row.Flag}={table.DefaultOf(row)}")]);
        Assert.Equivalent(new ServeSettings(), parsed.Options, strict: true);
    }

    [Fact]
    public void Parse_EveryFlag_ComesOutOfItsOwnFlagAlone()
    {
        OptionTable<ServeSettings> table = ServeOptionTable.Instance;
        OptionDefinition<ServeSettings>[] rows = [.. table.Rows.Where(static row => row.HasValue)];
        string[] texts = ["7", "true", "false", "http://a:1", "::1", "http/protobuf", "engine", "vllm-kvt"];
        Assert.All(rows, row =>
        {
            var changed = new ServeSettings();
            Assert.Contains(texts, text => row.Binding!.TryApply(text, new ServeSettings(), out changed) && row.Binding.Write(changed) != table.DefaultOf(row));
            Assert.Equal(row, Assert.Single(rows, other => other.Binding!.Write(changed) != table.DefaultOf(other)));
        });
    }

    [Fact]
    public void Parse_EnginesOfTheEnvironment_Count()
    {
        var environment = new Dictionary<string, string> { ["LLUMNIX_SERVE_ENGINES"] = "http://a:1", ["LLUMNIX_SERVE_PORT"] = "tcp://10.0.0.1:80" };
        OptionsParseResult<ServeSettings> parsed = OptionsParser.Parse(ServeOptionTable.Instance, [], environment, static _ => throw new FileNotFoundException());
        Assert.Empty(parsed.Errors);
        Assert.Equal([new ListedEngine("a", 1)], parsed.Options.Engines);
    }

    [Fact]
    public void Parse_BadEngines_IsOneError() => Assert.Equal(
        "--engines: the value must be a comma-separated list of host:port or http://host:port, not \"http://a:1,https://a\"; "
            + "engine 2, \"https://a\", is https, which is refused: engines are called by http://",
        Assert.Single(Parse("--engines=http://a:1,https://a").Errors).ToString());

    [Fact]
    public void Parse_EnginesWithSpacesBetween_SaysThatCommasSeparate() => Assert.Equal(
        [
            "argument 3, \"http://b:2\": is neither a flag nor the value of one; what --engines lists is separated with commas, without spaces",
            "argument 6, \"x\": is neither a flag nor the value of one",
        ],
        Parse("--engines", "http://a:1", "http://b:2", "--port", "1", "x").Errors.Select(static error => error.ToString()));

    [Theory]
    [InlineData("7000", "7000 7000")]
    [InlineData("7000,7001", "7000 7001")]
    [InlineData("", "20001 20002")]
    public void Parse_KvTransferPorts_AreOneForAllOrOneForEach(string ports, string expected)
    {
        OptionsParseResult<ServeSettings> parsed = Parse(
            "--pd-disagg-protocol=vllm-kvt", "--prefill-engines=http://a:1,http://b:2", "--decode-engines=http://c:3", $"--kv-transfer-ports={ports}");
        Assert.Empty(parsed.Errors);
        Assert.Equal(expected, string.Join(' ', parsed.Options.ToInstances().Take(2).Select(static instance => instance.AuxPort)));
    }

    [Fact]
    public void Parse_RolesInTheListOfEngines_AreEnoughForDisaggregation()
    {
        OptionsParseResult<ServeSettings> parsed = Parse(
            "--pd-disagg-protocol=vllm-kvt", "--engines=role=decode@http://c:3,role=prefill,name=p@http://a:1", "--prefill-engines=http://b:2", "--kv-transfer-ports=7,8");
        Assert.Empty(parsed.Errors);
        Assert.Equal(
            ["decode-c:3 20003", "p 7", "prefill-b:2 8"],
            parsed.Options.ToInstances().Select(static instance => FormattableString.Invariant($"{instance.Id} {instance.AuxPort}")));
    }

    [Theory]
    [InlineData("--engines: role=decode needs --pd-disagg-protocol", "--engines=role=decode@a:1")]
    [InlineData("--prefill-engines: names an engine with role=decode", "--pd-disagg-protocol=vllm-mooncake", "--prefill-engines=role=decode@a:1", "--decode-engines=b:1")]
    [InlineData("--decode-engines: names a:1, as another option does", "--pd-disagg-protocol=vllm-mooncake", "--prefill-engines=a:1", "--decode-engines=a:1")]
    [InlineData("--decode-engines: names x, as another option does", "--pd-disagg-protocol=vllm-mooncake", "--prefill-engines=name=x@a:1", "--decode-engines=name=x@b:1")]
    [InlineData("--engines: names an engine without role=prefill", "--pd-disagg-protocol=vllm-mooncake", "--engines=c:1", "--prefill-engines=a:1", "--decode-engines=b:1")]
    public void Parse_EnginesThatContradict_SaysWhich(string expected, params string[] args) =>
        Assert.StartsWith(expected, Assert.Single(Parse(args).Errors).ToString(), StringComparison.Ordinal);

    private static OptionsParseResult<ServeSettings> Parse(params string[] args) =>
        OptionsParser.Parse(ServeOptionTable.Instance, args, new Dictionary<string, string>(), static _ => throw new FileNotFoundException());
}
