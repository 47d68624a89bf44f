using System.Globalization;
using System.Text.RegularExpressions;
using Llumnix.Deploy.Tests.Images;
using Llumnix.Testing.Servers;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>Runs the shell blocks of docs/getting-started.md in their order, as one script.</summary>
public sealed class GettingStartedTests(PublishedTree tree)
{
    [Fact]
    public async Task Blocks_RunInOrder_EndWithAScheduledRequest()
    {
        using var folder = new TemporaryFolder();
        int[] ports = FreePort.Find(6);
        string script = string.Join('\n', CodeBlock.ReadAll("docs/getting-started.md", "sh").Select(block => block.Text))
            .Replace("$HOME/llumnix", folder.Root, StringComparison.Ordinal);
        // Others may use the document's ports on this machine.
        (script, int replaced) = Replace(script, ("6379", ports[0]), ("8002", ports[1]), ("8004", ports[2]), ("8100", FindRange(4)));
        Assert.True(replaced >= 8, "the document has other ports than this test");
        string path = Path.Combine(folder.Root, "blocks.sh");
        await File.WriteAllTextAsync(
            path, "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true; cat " + folder.Root + "/*.log >&2' EXIT\n" + script, TestContext.Current.CancellationToken);

        CommandResult result = await tree.BuildAsync("bash", _ => [path]);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("valid\n", result.Output, StringComparison.Ordinal);
        Assert.Matches("\"scheduling_result\":\\[\\{\"version\":", result.Output);
        Assert.Contains("\"object\":\"text_completion\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("scheduler_scheduling_total 1\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("neutral, load-balance: ", result.Output, StringComparison.Ordinal);
    }

    private static (string Script, int Count) Replace(string script, params (string Port, int With)[] ports)
    {
        int count = 0;
        foreach ((string port, int with) in ports)
        {
            script = Regex.Replace(script, $@"\b{port}\b", _ =>
            {
                count++;
                return with.ToString(CultureInfo.InvariantCulture);
            });
        }

        return (script, count);
    }

    /// <summary>The first of some ports in a row that nobody listens at.</summary>
    private static int FindRange(int length)
    {
        while (true)
        {
            int first = FreePort.Find(1)[0];
            if (Enumerable.Range(first, length).All(IsFree))
            {
                return first;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }
}
