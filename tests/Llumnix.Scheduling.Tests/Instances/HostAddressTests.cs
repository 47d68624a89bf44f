using System.Net;
using CsCheck;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Instances;

public sealed class HostAddressTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("[::FFFF:10.0.0.1]", "10.0.0.1")]
    [InlineData("fd00::1", "fd00::1")]
    [InlineData("FD00:0:0:0:0:0:0:1", "fd00::1")]
    [InlineData("[fd00:0000:0000:0000:0000:0000:0000:0001]", "fd00::1")]
    [InlineData("fe80::1%eth0", "fe80::1")]
    [InlineData("[fe80::1%3]", "fe80::1")]
    [InlineData("Engine-7.Fleet", "engine-7.fleet")]
    [InlineData("", "")]
    [InlineData("010.0.0.1", "010.0.0.1")]
    [InlineData("fd00::1::2", "fd00::1::2")]
    [InlineData("[fd00::1", "[fd00::1")]
    public void Normalize_Host_OneForm(string host, string expected) => Assert.Equal(expected, HostAddress.Normalize(host));

    [Theory]
    [InlineData("10.0.0.1:80", "10.0.0.1:80")]
    [InlineData("[fd00::1]:80", "[fd00::1]:80")]
    [InlineData("[FD00:0:0::1]:80", "[fd00::1]:80")]
    [InlineData("fd00::1:80", "[fd00::1]:80")]
    [InlineData("[fe80::1%eth0]:80", "[fe80::1]:80")]
    [InlineData("::ffff:10.0.0.1:80", "10.0.0.1:80")]
    [InlineData("Gateway.Fleet:80", "Gateway.Fleet:80")]
    [InlineData("Gateway-7", "Gateway-7")]
    [InlineData("a:b:c", "a:b:c")]
    [InlineData("fd00::1:99999", "fd00::1:99999")]
    public void NormalizeEndpoint_Endpoint_OneForm(string endpoint, string expected) =>
        Assert.Equal(expected, HostAddress.NormalizeEndpoint(endpoint));

    [Fact]
    public void Normalize_InItsFormAlready_TheSameObject()
    {
        foreach (string host in (string[])["10.0.0.1", "engine.fleet", "fd00::1"])
        {
            Assert.Same(host, HostAddress.Normalize(host));
        }

        Assert.Same("10.0.0.1:80", HostAddress.NormalizeEndpoint("10.0.0.1:80"));
    }

    [Fact]
    public void Normalize_AnyAddress_ItsFormsAreOne() => Gen.Byte.Array[16].Sample(bytes =>
    {
        var address = new IPAddress(bytes);
        string full = string.Join(':', bytes.Chunk(2).Select(static pair => $"{pair[0]:X2}{pair[1]:X2}"));
        string expected = HostAddress.Normalize(address.ToString());
        Assert.Equal(expected, HostAddress.Normalize(full));
        Assert.Equal(expected, HostAddress.Normalize($"[{full}%7]"));
        Assert.Equal(expected, HostAddress.Normalize(expected));
        Assert.Equal(HostAddress.EndpointOf(expected, 80), HostAddress.NormalizeEndpoint($"[{full}]:80"));
        Assert.Equal(HostAddress.EndpointOf(expected, 80), HostAddress.NormalizeEndpoint($"{full}:80"));
    });

    [Fact]
    public void Normalize_AnyText_NeverThrows() => Gen.String.Sample(text =>
    {
        HostAddress.Normalize(text);
        HostAddress.NormalizeEndpoint(text);
    });

    /// <summary>A gateway releases by the address in another form; the answer has had it as the engine wrote it.</summary>
    [Fact]
    public void Release_AddressInAnotherForm_FreesTheEntry()
    {
        InstanceReading reading = Readings.Of("a", metadata: m => m with { Ip = "FD00:0:0::1" });
        SchedulerFixture fixture = new SchedulerFixture().With(reading);
        fixture.Neutral("r");
        Assert.Equal("FD00:0:0::1", fixture["a"].Metadata.Ip);
        Assert.Equal("FD00:0:0::1", FullModeInstance.AddressOf(reading.Metadata).Host);
        fixture.Scheduler.Release("r", new ReleasedInstance("[fd00::1]", 8000, null));
        Assert.Equal(0, fixture["a"].Dispatched.Requests);
    }

    [Fact]
    public void PrefixHits_KvStoreHostInAnotherForm_IsTheInstances()
    {
        InstanceReading reading = Readings.Of("a", metadata: m => m with { IpKvs = "[FD00::0:1]" });
        var hits = new StoredPrefixHits(new Dictionary<string, int> { ["fd00::1"] = 90 });
        Assert.Equal(90, hits.On(new FullModeInstance(reading.Metadata, reading.Status), 100));
    }
}
