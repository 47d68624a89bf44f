using System.Text.Json;
using Llumnix.Cli.Configuration;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Cli.Tests.Configuration;

/// <summary>What <c>validate-config</c> says of <c>--latency-profiles</c>.</summary>
public sealed class LatencyClassesCheckTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-classes-");

    public LatencyClassesCheckTests()
    {
        Write("ttft.json", """{"results":[{"tokens_num":1,"p50":1},{"tokens_num":9,"p50":2}]}""");
        Write("tpot.json", """{"results":[{"batch_size":1,"tokens_per_request":8,"p50":1}]}""");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_GoodClasses_AreValidWithoutDefaultTables()
    {
        (int exitCode, string output) = await RunAsync(Classes(("a", "{ node: h20-* }"), ("b", "{}")));
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class b never gets an instance: the earlier class a names all of them", "{ node: h20-* }", "{ node: h20-7, block_size: 16 }")]
    [InlineData("class b never gets an instance: the earlier class a names all of them", "{}", "{ node: h20-7 }")]
    [InlineData("classes a and b may name the same instances; a, which comes first, gets them", "{ node: h20-* }", "{ block_size: 16 }")]
    [InlineData("instances that no class names have no tables", "{ node: h20-* }", "{ node: h200-* }")]
    public async Task Run_ClassesThatTakeFromEachOther_AreAWarning(string warning, string first, string second)
    {
        (int exitCode, string output) = await RunAsync(Classes(("a", first), ("b", second)));
        Assert.Equal(0, exitCode);
        Assert.Contains(output.Split('\n'), line => line.StartsWith("warning: --latency-profiles: ", StringComparison.Ordinal) && line.Contains(warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_SpecialClassBeforeAGeneralOne_IsNoWarning()
    {
        (_, string output) = await RunAsync(Classes(("a", "{ node: h20-7, block_size: 16 }"), ("b", "{ node: h20-* }"), ("c", "{}")));
        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TablesThatAreNotThere_AreNamedWithTheirClassAndLine()
    {
        string file = Write("classes.yaml", "classes:\n- name: a\n  ttft: ttft.json\n  tpot: tpot.json\n- name: b\n  ttft: no.json\n  tpot: tpot.json\n");
        (int exitCode, string output) = await RunAsync(file);
        Assert.Equal(2, exitCode);
        Assert.Contains($"error: --latency-profiles: {file}:5: class b: {Path.Combine(_folder.FullName, "no.json")}: cannot be read", output, StringComparison.Ordinal);
    }

    /// <summary>Each line says which flag or class it belongs to.</summary>
    [Fact]
    public async Task Run_BadTables_EachProblemHasItsOwnLine()
    {
        string bad = Write("bad.json", """{"results":[{"tokens_num":0,"p50":1},{"tokens_num":1}]}""");
        string file = Write("classes.yaml", "classes:\n- name: a\n  ttft: bad.json\n  tpot: no.json\n");
        (int exitCode, string output) = await RunAsync(file, "--ttft-profiling-data-path", bad, "--tpot-profiling-data-path", _folder.FullName);
        Assert.Equal(2, exitCode);
        string[] problems = [$"{bad}: results[0]: tokens_num must be a number above 0, not 0", $"{bad}: results[1]: has no p50"];
        Assert.Equal(
            [
                .. problems.Select(static problem => $"error: --ttft-profiling-data-path: {problem}"),
                $"error: --tpot-profiling-data-path: {_folder.FullName}: cannot be read: it is a folder",
                .. problems.Select(problem => $"error: --latency-profiles: {file}:2: class a: {problem}"),
                $"error: --latency-profiles: {file}:2: class a: {Path.Combine(_folder.FullName, "no.json")}: cannot be read: there is no such file",
            ],
            output.Split('\n').Where(static line => line.StartsWith("error: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_OnlyOneDefaultTable_IsAnError()
    {
        (int exitCode, string output) = await RunAsync(Classes(("a", "{}")), "--ttft-profiling-data-path", Path.Combine(_folder.FullName, "ttft.json"));
        Assert.Equal(2, exitCode);
        Assert.Contains("error: --latency-profiles: needs both of", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Fleet_TellsTheClassOfEachInstance()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Host}:{redis.Port}");
        var writer = new CmsWriter(connection.GetDatabase());
        await writer.PutAsync("h20-3");
        await writer.PutAsync("other");
        string[] cms = ["--fleet", "--cms-redis-host", redis.Host, "--cms-redis-port", $"{redis.Port}"];
        string file = Classes(("slow", "{ instance: h20-* }"));
        (int exitCode, string output) = await RunAsync(file, cms);
        Assert.Equal(0, exitCode);
        Assert.EndsWith("valid\ninstance h20-3: slow\ninstance other: none\n", output, StringComparison.Ordinal);

        (_, output) = await RunAsync(file, [.. cms, "--json"]);
        Assert.Equal(
            """{"instances":[{"id":"h20-3","class":"slow"},{"id":"other","class":"none"}]}""",
            JsonSerializer.Serialize(JsonDocument.Parse(output).RootElement.GetProperty("fleet")));
    }

    [Fact]
    public async Task Run_FleetWithoutClasses_SaysWhatIsNeeded()
    {
        using var output = new StringWriter { NewLine = "\n" };
        Assert.Equal(1, await ConfigurationCheck.RunAsync(["--fleet"], output, TextWriter.Null, TestContext.Current.CancellationToken));
        Assert.EndsWith("error: --fleet needs --latency-profiles and statuses from a CMS\n", output.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string file, params string[] more)
    {
        using var output = new StringWriter { NewLine = "\n" };
        int exitCode = await ConfigurationCheck.RunAsync(
            ["--scheduling-policy", "slo", "--latency-profiles", file, .. more], output, TextWriter.Null, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString());
    }

    private string Classes(params (string Name, string When)[] classes) => Write(
        "classes.yaml",
        "classes:\n" + string.Concat(classes.Select(static of => $"- name: {of.Name}\n  when: {of.When}\n  ttft: ttft.json\n  tpot: tpot.json\n")));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
