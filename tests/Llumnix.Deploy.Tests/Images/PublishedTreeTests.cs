using System.Globalization;
using System.Net;
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

    [Theory]
    [InlineData("scheduler", 20)]
    [InlineData("engine", 50)]
    public async Task Tree_Size_IsSmallAndAsTheDocumentsSay(string part, double mostMebibytes)
    {
        var folder = new DirectoryInfo(Path.Combine(await tree.GetRootAsync(), "opt/llumnix", part));
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
    public async Task Dockerfile_LastStage_RunsTheProgramOfTheTreeWithoutRights(string part, int port)
    {
        string text = Checkout.Read($"deploy/images/{part}.Dockerfile");
        string entry = Regex.Match(text, """^ENTRYPOINT \["/([^"]+)"\]$""", RegexOptions.Multiline).Groups[1].Value;
        Assert.True(File.Exists(Path.Combine(await tree.GetRootAsync(), entry)), $"no {entry} in the tree");
        Assert.Matches(new Regex(@"^USER [1-9]\d*:[1-9]\d*$", RegexOptions.Multiline), text);
        Assert.Matches(new Regex($"^EXPOSE {port}$", RegexOptions.Multiline), text);
        Assert.Matches(new Regex($"layout.sh /tree {part}$", RegexOptions.Multiline), text);
    }
}
