using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Secrets;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class EtcdDiscoveryAccessTests
{
    private const string Password = "r1ght-s3cret";

    [Fact]
    public async Task Run_UserWhoMayReadThePrefixOnly_Follows()
    {
        await using EtcdServers servers = await StartWithAuthAsync();
        await using var run = DiscoveryRuns.Of(OptionsFor(servers, "reader", Password));
        await run.Sink.WaitForAsync("a_dp0");

        await PutAsync(servers, "b");

        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
    }

    [Fact]
    public async Task Run_MemberForgetsTheTokens_AuthenticatesAgain()
    {
        await using EtcdServers servers = await StartWithAuthAsync();
        await using var run = DiscoveryRuns.Of(OptionsFor(servers, "reader", Password));
        await run.Sink.WaitForAsync("a_dp0");

        // Simple tokens are in memory only.
        await servers.KillAsync(0);
        await run.WaitForAvailabilityAsync(false);
        await servers.RestartAsync(0);
        await servers.Client.AuthenticateAsync("root", "r00t-s3cret");
        await PutAsync(servers, "b");

        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
        AssertNoSecret(run);
    }

    [Theory]
    [InlineData("reader", "wr0ng-s3cret", "authentication failed")]
    [InlineData("nobody", Password, "authentication failed")]
    [InlineData("", "", "user name is empty")]
    public async Task Run_WrongUserOrPassword_TellsSoWithoutTheSecret(string user, string password, string expected)
    {
        await using EtcdServers servers = await StartWithAuthAsync();
        await using var run = DiscoveryRuns.Of(OptionsFor(servers, user, password));
        await run.Log.WaitUntilAsync(log => !log.Lines.IsEmpty);

        // etcd hashes passwords slowly on purpose: on a busy machine the first questions may time out.
        await Eventually.TrueAsync(() => run.Source.State.LastError?.Contains(expected, StringComparison.Ordinal) == true);
        Assert.False(run.Source.State.Available);
        AssertNoSecret(run);
        Assert.Equal(0, run.Sink.Synchronizations);
    }

    [Fact]
    public async Task Run_UserOfAClusterWithoutAuthentication_IsLetIn()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1);
        await PutAsync(servers, "a");

        await using var run = DiscoveryRuns.Of(OptionsFor(servers, "reader", Password));

        await run.Sink.WaitForAsync("a_dp0");
    }

    [Fact]
    public async Task Run_TlsWithTheServersAuthority_Follows()
    {
        using var tls = new TlsFiles();
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1, tls);
        await PutAsync(servers, "a");
        EtcdDiscoveryOptions options = DiscoveryRuns.OptionsFor(servers.Endpoints);

        await using var run = DiscoveryRuns.Of(options with { Etcd = options.Etcd with { CaFile = tls.CaFile } });
        await run.Sink.WaitForAsync("a_dp0");
        await PutAsync(servers, "b");
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
    }

    [Fact]
    public async Task Run_TlsWithAnUnknownAuthority_IsRefused()
    {
        using var tls = new TlsFiles();
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1, tls);

        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(servers.Endpoints));
        await run.Log.WaitUntilAsync(log => !log.Lines.IsEmpty);

        Assert.Contains("certificate", run.Source.State.LastError, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_CaFileMissing_ErrorNamesTheFile()
    {
        EtcdDiscoveryOptions options = DiscoveryRuns.OptionsFor("https://127.0.0.1:1");

        await using var run = DiscoveryRuns.Of(options with { Etcd = options.Etcd with { CaFile = "no-such-ca.pem" } });
        await run.Log.WaitUntilAsync(log => !log.Lines.IsEmpty);

        Assert.Contains("no-such-ca.pem", run.Source.State.LastError, StringComparison.Ordinal);
    }

    private static async Task<EtcdServers> StartWithAuthAsync()
    {
        EtcdServers servers = await EtcdServers.StartAsync(count: 1);
        await PutAsync(servers, "a");
        await servers.Client.EnableAuthAsync("r00t-s3cret", "reader", Password, "llumnix/discovery/");
        return servers;
    }

    private static EtcdDiscoveryOptions OptionsFor(EtcdServers servers, string user, string password)
    {
        EtcdDiscoveryOptions options = DiscoveryRuns.OptionsFor(servers.Endpoints);
        return options with { Etcd = options.Etcd with { User = user, Password = new Secret(password) } };
    }

    private static Task<long> PutAsync(EtcdServers servers, string podName) =>
        servers.Client.PutAsync("llumnix/discovery/" + podName, PodMessages.Pod(podName).ToByteArray());

    private static void AssertNoSecret(DiscoveryRun<EtcdDiscovery> run) =>
        Assert.DoesNotContain("s3cret", string.Join('\n', run.Log.Lines) + run.Source.State, StringComparison.Ordinal);
}
