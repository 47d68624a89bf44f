using System.Globalization;
using System.Net.Sockets;
using Llumnix.Adapters.Listeners;
using Llumnix.Server.Hosting;
using Llumnix.Testing.Polling;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>Bodies that are not read to their end or arrive slowly, over real connections.</summary>
public sealed class BodyRefusalTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity, gzip")]
    public async Task Post_EncodedBody_415(string encoding)
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using RawConnection connection = await RawConnection.OpenAsync(host.Address.Port);
        foreach (string path in (string[])["/schedule", "/release", "/report"])
        {
            string answer = await connection.AskAsync(RawConnection.Post(path, LiteHost.Request, $"Content-Encoding: {encoding}\r\n"));
            Assert.StartsWith("HTTP/1.1 415", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Post_IdentityEncoding_IsRead()
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using RawConnection connection = await RawConnection.OpenAsync(host.Address.Port);
        string answer = await connection.AskAsync(RawConnection.Post("/schedule", LiteHost.Request, "Content-Encoding: identity\r\n"));
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300_000)]
    public async Task Post_BodyStalls_408(int announced)
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using RawConnection connection = await RawConnection.OpenAsync(host.Address.Port);
        string body = """{"id":"r","prompt_token_ids":[""" + string.Concat(Enumerable.Repeat("1234,", announced / 10));
        string answer = await connection.AskAsync(RawConnection.Post("/schedule", body, announced: announced));
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
    }

    /// <summary>Over a slow network: the first request is still on its way while the second one is answered.</summary>
    [Fact]
    public async Task Post_BodyIsOnItsWay_OthersAreAnsweredMeanwhile()
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using RawConnection slow = await RawConnection.OpenAsync(host.Address.Port);
        using RawConnection other = await RawConnection.OpenAsync(host.Address.Port);
        string request = RawConnection.Post("/schedule", LiteHost.Request.Replace("\"r\"", "\"slow\"", StringComparison.Ordinal));
        await slow.SendAsync(request[..^10]);
        Assert.StartsWith("HTTP/1.1 200", await other.AskAsync(RawConnection.Post("/schedule", LiteHost.Request)), StringComparison.Ordinal);
        Assert.Equal(1, host.LiteModeSnapshot().States);
        Assert.StartsWith("HTTP/1.1 200", await slow.AskAsync(request[^10..]), StringComparison.Ordinal);
        Assert.Equal(2, host.LiteModeSnapshot().States);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("model")]
    [InlineData("gateway_id")]
    public async Task Schedule_HugeText_400ThatNamesFieldAndBound(string field)
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using RawConnection connection = await RawConnection.OpenAsync(host.Address.Port);
        foreach (int length in (int[])[1000, 100_000, 1_000_000])
        {
            string answer = await connection.AskAsync(RawConnection.Post("/schedule", $$"""{"{{field}}":"{{new string('x', length)}}"}"""));
            Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
            Assert.EndsWith($"{field} is longer than 512 bytes\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Release_MillionsOfRows_400ThatNamesTheBound()
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using RawConnection connection = await RawConnection.OpenAsync(host.Address.Port);
        string rows = string.Join(',', Enumerable.Repeat("{}", 50_000));
        string answer = await connection.AskAsync(RawConnection.Post("/release", $$"""{"id":"r","scheduling_result":[{{rows}}]}"""));
        Assert.EndsWith("scheduling_result lists more than 128 instances\n", answer, StringComparison.Ordinal);
        string more = string.Join(',', Enumerable.Repeat("{}", 1_000_000));
        string refusal = await connection.AskAsync(RawConnection.Post("/release", $$"""{"id":"r","scheduling_result":[{{more}}]}"""));
        Assert.StartsWith("HTTP/1.1 400", refusal, StringComparison.Ordinal);
        Assert.EndsWith("scheduling_result is larger than 262144 bytes\n", refusal, StringComparison.Ordinal);
    }

    /// <summary>What has arrived counts, over all requests; small requests do not notice.</summary>
    [Fact]
    public async Task Schedule_MemoryForBodiesIsTaken_503ForTheNextLargeOneOnly()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(service => service with { MaxBodyMemoryMiB = 1 });
        string ids = string.Join(',', Enumerable.Range(0, 120_000).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        string large = $$"""{"id":"r","scheduling_mode":"neutral","prompt_token_ids":[{{ids}}]}""";
        var stalled = new List<RawConnection>();
        string? answer = null;
        await Eventually.TrueAsync(async () =>
        {
            // On a busy machine a stalled body may have been given up as too slow before the next one comes: then another one takes its place.
            RawConnection next = await RawConnection.OpenAsync(host.Address.Port);
            stalled.Add(next);
            try
            {
                await next.SendAsync(RawConnection.Post("/schedule", large[..^10], announced: large.Length));
            }
            catch (SocketException)
            {
                // It is itself refused: the memory is taken.
            }

            using RawConnection other = await RawConnection.OpenAsync(host.Address.Port);
            answer = await other.AskAsync(RawConnection.Post("/schedule", large));
            return answer.StartsWith("HTTP/1.1 503", StringComparison.Ordinal);
        });
        Assert.Contains("Retry-After: 1", answer, StringComparison.Ordinal);
        Assert.EndsWith("too many bodies at a time\n", answer, StringComparison.Ordinal);
        using RawConnection small = await RawConnection.OpenAsync(host.Address.Port);
        Assert.StartsWith("HTTP/1.1 200", await small.AskAsync(RawConnection.Post("/schedule", LiteHost.Request)), StringComparison.Ordinal);

        stalled.ForEach(static connection => connection.Reset());
        await Eventually.TrueAsync(async () =>
        {
            using RawConnection other = await RawConnection.OpenAsync(host.Address.Port);
            return (await other.AskAsync(RawConnection.Post("/schedule", large))).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });
    }
}
