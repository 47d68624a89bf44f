using Google.Protobuf;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Tests.Servers;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Cms;

public sealed class CmsSourceMembershipTests(RedisServerFixture fixture) : IClassFixture<RedisServerFixture>, IAsyncLifetime
{
    private readonly CmsWriter _writer = fixture.Writer;
    private CmsSourceRun _run = null!;

    public async ValueTask InitializeAsync()
    {
        await fixture.FlushAsync();
        _run = new CmsSourceRun(CmsSourceRun.OptionsFor(fixture.Server));
        await _run.Sink.WaitUntilAsync(sink => sink.IsAvailable == true);
    }

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    [Fact]
    public async Task Run_BothKeysThere_InstanceEntersWithEveryPart()
    {
        await _writer.PutAsync(CmsMessages.Metadata("a"));
        await _writer.PutAsync(CmsMessages.Status("a", updateId: 7));
        await _run.WaitForInstancesAsync("a");

        (InstanceMetadata metadata, InstanceStatus status) = _run.Sink.Readings["a"];
        Assert.Equal(MetadataValueTests.Plausible("a"), metadata);
        Assert.Equal((7, 1_700_000_000_007L), (status.UpdateId, status.TimestampMs));
        Assert.Equal((true, 100_000), (status.Schedulable, status.TotalGpuTokens));
    }

    [Fact]
    public async Task Run_OneKeyOnly_InstanceIsNotIn()
    {
        await _writer.PutAsync(CmsMessages.Metadata("metadata-only"));
        await _writer.PutAsync(CmsMessages.Status("status-only"));
        await _writer.PutAsync("both");

        await _run.WaitForInstancesAsync("both");
        await _run.Sink.WaitForSynchronizationsAsync();
        Assert.Equal(["both"], _run.Sink.Readings.Keys);
    }

    [Theory]
    [InlineData("llumnix:instance_metadata:a")]
    [InlineData("llumnix:instance_status:a")]
    public async Task Run_OneKeyGone_InstanceLeaves(string key)
    {
        await _writer.PutAsync("a");
        await _writer.PutAsync("b");
        await _run.WaitForInstancesAsync("a", "b");

        await fixture.Database.KeyDeleteAsync(key);

        await _run.WaitForInstancesAsync("b");
    }

    /// <summary>Nobody writes the keys of a crashed engine any more: Redis drops them, while the others go on.</summary>
    [Fact]
    public async Task Run_KeysOfOneExpire_ItLeavesAndTheOthersStay()
    {
        await _writer.PutAsync("a");
        await _writer.PutAsync("b");
        await _run.WaitForInstancesAsync("a", "b");

        foreach (string key in (string[])[CmsWriter.StatusKey("a"), CmsWriter.MetadataKey("a")])
        {
            await fixture.Database.KeyExpireAsync(key, TimeSpan.FromMilliseconds(1));
        }

        await _run.WaitForInstancesAsync("b");
        Assert.Null(_run.Source.State.Silence);
    }

    [Fact]
    public async Task Run_LeftInstanceComesBack_EntersWithItsNewMetadata()
    {
        await _writer.PutAsync("a");
        await _run.WaitForInstancesAsync("a");
        await _writer.DeleteAsync("a");
        await _run.WaitForInstancesAsync();

        var metadata = CmsMessages.Metadata("a");
        metadata.Ip = "10.0.0.99";
        await _writer.PutAsync(metadata);
        await _writer.PutAsync(CmsMessages.Status("a"));

        await _run.WaitForInstancesAsync("a");
        Assert.Equal("10.0.0.99", _run.Sink.Readings["a"].Metadata.Ip);
    }

    [Fact]
    public async Task Run_StatusAppearsBetweenMetadataPolls_MetadataIsReadAtOnce()
    {
        await _writer.PutAsync("first");
        await _run.WaitForInstancesAsync("first");
        int metadataPolls = _run.Observer.MetadataDurations.Count;

        await _writer.PutAsync("second");
        await _run.WaitForInstancesAsync("first", "second");

        Assert.Equal(metadataPolls, _run.Observer.MetadataDurations.Count);
    }

    [Fact]
    public async Task Run_StatusChanges_IsTakenOverAtTheNextPoll()
    {
        await _writer.PutAsync("a");
        await _run.WaitForInstancesAsync("a");

        await _writer.PutAsync(CmsMessages.Status("a", updateId: 2));

        await _run.Sink.WaitUntilAsync(sink => sink.Readings["a"].Status.UpdateId == 2);
    }

    [Fact]
    public async Task Run_MetadataChanges_IsTakenOverAtTheNextMetadataPoll()
    {
        await _writer.PutAsync("a");
        await _run.WaitForInstancesAsync("a");
        var changed = CmsMessages.Metadata("a");
        (changed.Ip, changed.InstanceType, changed.UtcCreate) = ("10.0.0.99", "decode", 1_800_000_000.5);

        await _writer.PutAsync(changed);
        await _run.Sink.WaitForSynchronizationsAsync();
        Assert.Equal("10.0.0.1", _run.Sink.Readings["a"].Metadata.Ip);
        await _run.RefreshMetadataAsync();

        InstanceMetadata metadata = _run.Sink.Readings["a"].Metadata;
        Assert.Equal(("10.0.0.99", InferType.Decode, 1_800_000_000.5), (metadata.Ip, metadata.InferType, metadata.UtcCreate));
    }

    [Fact]
    public async Task Run_UnchangedBytes_GiveTheSameObjects()
    {
        await _writer.PutAsync("a");
        await _run.WaitForInstancesAsync("a");
        (InstanceMetadata metadata, InstanceStatus status) = _run.Sink.Readings["a"];

        await _writer.PutAsync("a");
        await _run.RefreshMetadataAsync();

        Assert.Same(metadata, _run.Sink.Readings["a"].Metadata);
        Assert.Same(status, _run.Sink.Readings["a"].Status);
    }

    [Fact]
    public async Task Run_GarbageAfterAGoodValue_KeepsTheGoodOneUntilTheNextGoodOne()
    {
        await _writer.PutAsync("a");
        await _run.WaitForInstancesAsync("a");

        await _writer.PutStatusAsync("a", [0xff]);
        await _writer.PutMetadataAsync("a", []);
        await _run.RefreshMetadataAsync();
        Assert.Equal(1, _run.Sink.Readings["a"].Status.UpdateId);
        Assert.Equal("10.0.0.1", _run.Sink.Readings["a"].Metadata.Ip);

        await _writer.PutAsync(CmsMessages.Status("a", updateId: 3));
        await _run.Sink.WaitUntilAsync(sink => sink.Readings["a"].Status.UpdateId == 3);
    }

    [Fact]
    public async Task Run_GarbageThatDoesNotChange_IsCountedAndLoggedOnce()
    {
        await _writer.PutAsync(CmsMessages.Metadata("a"));
        await _writer.PutStatusAsync("a", [0xff]);
        await _run.Sink.WaitUntilAsync(_ => !_run.Observer.Skipped.IsEmpty);
        await _run.Sink.WaitForSynchronizationsAsync(5);
        Assert.Equal([CmsSkipReason.Malformed], _run.Observer.Skipped);

        await _writer.PutStatusAsync("a", []);
        await _run.Sink.WaitUntilAsync(_ => _run.Observer.Skipped.Count > 1);
        await _run.Sink.WaitForSynchronizationsAsync(5);

        Assert.Equal([CmsSkipReason.Malformed, CmsSkipReason.Empty], _run.Observer.Skipped);
        Assert.Equal(
            [
                "Warning: The status of instance a in the CMS is not usable: Malformed",
                "Warning: The status of instance a in the CMS is not usable: Empty",
            ],
            _run.Log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_GarbageOfEveryKind_IsSkippedAndTheRestGoesOn()
    {
        byte[] status = CmsMessages.Status("s").ToByteArray();
        await PutWithStatusAsync("empty", []);
        await PutWithStatusAsync("oversize", new byte[MessageValue.MaxBytes + 1]);
        await PutWithStatusAsync("truncated", status[..^1]);
        await PutWithStatusAsync("text", "not a message"u8.ToArray());
        await PutWithStatusAsync("ones", [.. Enumerable.Repeat((byte)0xff, 100)]);
        await PutWithStatusAsync("other-id", status);
        await PutWithStatusAsync("ids", ManyIds());
        await PutWithMetadataAsync("type", metadata => metadata.InstanceType = "encode");
        await PutWithMetadataAsync("ip", metadata => metadata.Ip = "");
        await PutWithMetadataAsync("port", metadata => metadata.ApiServerPort = 0);
        await _writer.PutAsync("good");

        await _run.WaitForInstancesAsync("good");
        await _run.Sink.WaitForSynchronizationsAsync();

        Assert.Equal(["good"], _run.Sink.Readings.Keys);
        Assert.Equal(
            [
                CmsSkipReason.Empty, CmsSkipReason.TooLarge, CmsSkipReason.Malformed, CmsSkipReason.Malformed, CmsSkipReason.Malformed,
                CmsSkipReason.MismatchedInstanceId, CmsSkipReason.UnknownInstanceType, CmsSkipReason.MissingIp, CmsSkipReason.MissingPort,
                CmsSkipReason.TooManyRequestIds,
            ],
            _run.Observer.Skipped.Order());
    }

    [Fact]
    public async Task Run_ForeignKeysAndTypes_AreIgnored()
    {
        await fixture.Database.StringSetAsync("llumnix:instance_other:x", "?");
        await fixture.Database.StringSetAsync("llumnix:instance_status:", "no id");
        await fixture.Database.StringSetAsync((byte[])[.. "llumnix:instance_status:"u8, 0xff], "no UTF-8");
        await fixture.Database.HashSetAsync("llumnix:instance_status:hash", "f", "v");
        await _writer.PutAsync("ünï");

        await _run.WaitForInstancesAsync("ünï");
    }

    [Fact]
    public async Task Run_InstancesComeAndGoInRandomOrder_SinkEndsEqualToTheTruth()
    {
        const int Seed = 42;
        var random = new Random(Seed);
        var truth = new HashSet<string>();
        for (int round = 0; round < 20; round++)
        {
            var writes = new List<Task>();
            for (int i = 0; i < 500; i++)
            {
                string id = "i" + random.Next(1000);
                writes.Add(truth.Add(id) ? _writer.PutAsync(id) : truth.Remove(id) ? _writer.DeleteAsync(id) : Task.CompletedTask);
            }

            await Task.WhenAll(writes);
        }

        await _run.WaitForInstancesAsync([.. truth]);
        Assert.InRange(truth.Count, 400, 600);
    }

    private static byte[] ManyIds()
    {
        var status = CmsMessages.Status("ids");
        status.RecentWaitingRequests.AddRange(Enumerable.Repeat("r", StatusValue.MaxRequestIds + 1));
        return status.ToByteArray();
    }

    private async Task PutWithStatusAsync(string id, byte[] status)
    {
        await _writer.PutAsync(CmsMessages.Metadata(id));
        await _writer.PutStatusAsync(id, status);
    }

    private async Task PutWithMetadataAsync(string id, Action<Protocol.Cms.InstanceMetadata> spoil)
    {
        var metadata = CmsMessages.Metadata(id);
        spoil(metadata);
        await _writer.PutAsync(metadata);
        await _writer.PutAsync(CmsMessages.Status(id));
    }
}
