using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Deploy.Tests.Images;

/// <summary>What the images add to their base, run as containers run it. The base itself cannot be pulled in a test.</summary>
public sealed class PublishedTreeTests(PublishedTree tree)
{
    [Fact]
    public async Task Scheduler_UnprivilegedOnAReadOnlyTree_AnswersAndStops()
    {
        using var client = new HttpClient();
        string port = FreePort.Find(1)[0].ToString(CultureInfo.InvariantCulture);
        using var scheduler = UnprivilegedProgram.Start(
            Path.Combine(await tree.GetRootAsync(), "usr/local/bin/scheduler"), ["--host=127.0.0.1", "--port", port, "--cms-redis-host", "127.0.0.1", "--cms-redis-port=1"]);
        await Eventually.TrueAsync(() => scheduler.AnswersAsync(client, $"http://127.0.0.1:{port}/healthz"));

        Assert.NotEqual(0, await scheduler.FindUserAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync($"http://127.0.0.1:{port}/readyz", TestContext.Current.CancellationToken)).StatusCode);
        (int exitCode, string errors) = await scheduler.StopAsync();
        Assert.Equal(0, exitCode);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Engine_UnprivilegedOnAReadOnlyTree_Answers()
    {
        using var client = new HttpClient();
        string port = FreePort.Find(1)[0].ToString(CultureInfo.InvariantCulture);
        using var engine = UnprivilegedProgram.Start(Path.Combine(await tree.GetRootAsync(), "usr/local/bin/llumnix"), ["engine", "--port", port]);
        await Eventually.TrueAsync(() => engine.AnswersAsync(client, $"http://127.0.0.1:{port}/health"));

        Assert.NotEqual(0, await engine.FindUserAsync());
    }

    /// <summary>The gateway of the plain-engines overlay asks schedulers; as <c>serve</c> the same program has its own.</summary>
    [Fact]
    public async Task Gateway_UnprivilegedOnAReadOnlyTree_RelaysToAnEngine()
    {
        using var client = new HttpClient();
        int[] ports = FreePort.Find(2);
        string root = await tree.GetRootAsync("gateway");
        using var engine = UnprivilegedProgram.Start(Path.Combine(root, "usr/local/bin/llumnix"), ["engine", $"--port={ports[0]}"]);
        using var gateway = UnprivilegedProgram.Start(
            Path.Combine(root, "usr/local/bin/llumnix"),
            ["gateway", "--host=127.0.0.1", $"--port={ports[1]}", "--llm-backend-discovery=endpoints", $"--llm-backend-endpoints=127.0.0.1:{ports[0]}"]);
        await Eventually.TrueAsync(() => engine.AnswersAsync(client, $"http://127.0.0.1:{ports[0]}/health"));
        await Eventually.TrueAsync(() => gateway.AnswersAsync(client, $"http://127.0.0.1:{ports[1]}/readyz"));

        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            $"http://127.0.0.1:{ports[1]}/v1/completions", new { model = "m", prompt = "one two", max_tokens = 2 }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual(0, await gateway.FindUserAsync());
    }

    [Fact]
    public async Task Gateway_AskedForTheDemo_SaysThatItHasNoStore()
    {
        CommandResult result = await Command.TryAsync(Path.Combine(await tree.GetRootAsync("gateway"), "usr/local/bin/llumnix"), ["demo", "--duration=1"]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: this build goes without the store", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scheduler", 22)]
    [InlineData("engine", 52)]
    [InlineData("gateway", 27)]
    public async Task Tree_Size_IsSmallAndAsTheDocumentsSay(string part, double mostMebibytes)
    {
        var folder = new DirectoryInfo(Path.Combine(await tree.GetRootAsync(part), "opt/llumnix", part));
        double size = folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1024.0 / 1024.0;
        Assert.InRange(size, 1, mostMebibytes);
        Match row = Regex.Match(Checkout.Read("deploy/README.md"), $@"\| `{part}` \|.*\| ([0-9.]+) MiB \|");
        Assert.True(row.Success, "deploy/README.md must tell the size");
        Assert.Equal(double.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), size, 1.0);
    }

    [Fact]
    public async Task Tree_Scheduler_HoldsNoEmbeddedStoreAndNoDocumentation()
    {
        string[] names = [.. Directory.EnumerateFiles(Path.Combine(await tree.GetRootAsync(), "opt/llumnix/scheduler")).Select(file => Path.GetFileName(file))];
        Assert.Contains("LICENSE", names);
        Assert.DoesNotContain(names, name => name.StartsWith("Garnet", StringComparison.Ordinal) || name.EndsWith(".xml", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("scheduler", 8002)]
    [InlineData("engine", 8100)]
    [InlineData("gateway", 8089)]
    public async Task Dockerfile_LastStage_RunsTheProgramOfTheTreeWithoutRights(string part, int port)
    {
        string text = Checkout.Read($"deploy/images/{part}.Dockerfile");
        string entry = Regex.Match(text, """^ENTRYPOINT \["/([^"]+)"\]$""", RegexOptions.Multiline).Groups[1].Value;
        Assert.True(File.Exists(Path.Combine(await tree.GetRootAsync(part), entry)), $"no {entry} in the tree");
        Assert.Matches(new Regex(@"^USER [1-9]\d*:[1-9]\d*$", RegexOptions.Multiline), text);
        Assert.Matches(new Regex($"^EXPOSE {port}$", RegexOptions.Multiline), text);
        Assert.Matches(new Regex($"layout.sh /tree {part}$", RegexOptions.Multiline), text);
    }
}
