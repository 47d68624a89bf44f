using System.Net;
using System.Text;
using CsCheck;
using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Testing.KvStore;

namespace Llumnix.Adapters.Tests.KvStore;

public sealed class MooncakeClientTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly FakeMooncakeMaster _master = FakeMooncakeMaster.Start();
    private MooncakeClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _client = new MooncakeClient(new MooncakeOptions { Host = "127.0.0.1", Port = _master.Port });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _master.DisposeAsync();
    }

    [Fact]
    public async Task Query_Keys_TheirHostsWithoutPorts()
    {
        _master.Holders["k1"] = ["10.0.0.7:12345", "10.0.0.8:1", "10.0.0.7:2"];
        _master.Holders["k 3"] = ["[fd00::1]:12345", "host"];
        _master.Holders["k4"] = [];
        IReadOnlyList<IReadOnlyList<string>> holders = await _client.QueryAsync(["k1", "k2", "k 3", "k4"], Cancellation);
        Assert.Equal([["10.0.0.7", "10.0.0.8"], [], ["fd00::1", "host"], []], holders);
        Assert.Equal("/batch_query_keys?keys=k1,k2,k%203,k4", Assert.Single(_master.Targets));
    }

    /// <summary>An instance's host is compared in one form, so the answer comes in that.</summary>
    [Fact]
    public async Task Query_AddressesInManyForms_OneHost()
    {
        _master.Holders["k1"] = ["[FD00:0:0:0:0:0:0:1]:1", "[fd00::1%eth0]:2", "fd00:0000::0001", "[fd00::1]:3"];
        _master.Holders["k2"] = ["[::ffff:10.0.0.7]:1", "10.0.0.7:2"];
        _master.Holders["k3"] = ["Host.Fleet:1", "host.fleet:2"];
        Assert.Equal([["fd00::1"], ["10.0.0.7"], ["host.fleet"]], await _client.QueryAsync(["k1", "k2", "k3"], Cancellation));
    }

    [Theory]
    [InlineData("10.0.0.7:9003")]
    [InlineData("http://master")]
    [InlineData("my host")]
    [InlineData("[::1")]
    [InlineData("")]
    public void Constructor_HostThatIsNone_IsRefused(string host) =>
        Assert.Throws<ArgumentException>(() => new MooncakeClient(new MooncakeOptions { Host = host }));

    [Theory]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("10.0.0.7")]
    [InlineData("mooncake_master.kv-1.svc.cluster.local.")]
    [InlineData("fe80::1%2")]
    [InlineData("münchen")]
    public async Task Query_HostOfAnyForm_MakesAQuestion(string host)
    {
        using var client = new MooncakeClient(new MooncakeOptions { Host = host });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.QueryAsync(["k"], new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Query_AnswerInAnotherOrderWithUnknownKeys_IsMatchedByKey()
    {
        _master.Fault = _ => Task.FromResult<string?>(FakeMooncakeMaster.Http(200, """
            {"data":{"x":{"ok":true,"values":[]},"k2":{"values":[{"transport_endpoint_":"b:1"}],"ok":true},"k1":{"ok":true,"values":[{"transport_endpoint_":"a:1"}]}},"success":true}
            """));
        Assert.Equal([["a"], ["b"]], await _client.QueryAsync(["k1", "k2"], Cancellation));
    }

    [Theory]
    [InlineData(500, "{}", "status 500")]
    [InlineData(503, "", "status 503")]
    [InlineData(400, "", "status 400")]
    [InlineData(200, "", "malformed")]
    [InlineData(200, "garbage", "malformed")]
    [InlineData(200, "[]", "no JSON object")]
    [InlineData(200, "{}", "the question failed")]
    [InlineData(200, """{"success":false}""", "the question failed")]
    [InlineData(200, """{"success":true,"data":{"k":{"ok":true,"val""", "malformed")]
    [InlineData(200, """{"success":true} x""", "malformed")]
    public async Task Query_AnswerThatIsNone_IsTheServicesFailure(int status, string body, string message)
    {
        _master.Fault = _ => Task.FromResult<string?>(FakeMooncakeMaster.Http(status, body));
        KvMetadataException error = await Assert.ThrowsAsync<KvMetadataException>(() => _client.QueryAsync(["k"], Cancellation));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_HalfABody_IsTheServicesFailure()
    {
        _master.Fault = right => Task.FromResult<string?>(right[..^20]);
        await Assert.ThrowsAsync<KvMetadataException>(() => _client.QueryAsync(["k"], Cancellation));
    }

    [Fact]
    public async Task Query_NobodyListens_IsTheServicesFailure()
    {
        await _master.DisposeAsync();
        await Assert.ThrowsAsync<KvMetadataException>(() => _client.QueryAsync(["k"], Cancellation));
    }

    [Fact]
    public async Task Query_IPv6Endpoint_IsReached()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6)
        {
            TestContext.Current.TestOutputHelper?.WriteLine("no IPv6 on this machine");
            return;
        }

        await using FakeMooncakeMaster master = FakeMooncakeMaster.Start(IPAddress.IPv6Loopback);
        using var client = new MooncakeClient(new MooncakeOptions { Host = "::1", Port = master.Port });
        Assert.Equal([[]], await client.QueryAsync(["k"], Cancellation));
    }

    [Fact]
    public void Read_AnyBytes_AnAnswerOrTheServicesFailure() => Gen.Byte.Array[0, 40].Select(Gen.Int[0, 60]).Sample((bytes, at) =>
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"success":true,"data":{"k":{"ok":true,"values":[{"transport_endpoint_":"a:1"}]}}}""");
        bytes.AsSpan(0, Math.Min(bytes.Length, json.Length - at)).CopyTo(json.AsSpan(at));
        try
        {
            Assert.Single(MooncakeAnswer.Read(json, ["k"], new HostNames()));
        }
        catch (KvMetadataException)
        {
        }
    });
}
