using System.Globalization;
using System.Text;
using CsCheck;
using Llumnix.Adapters.Redis;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Redis;

/// <summary>Whoever answers as Redis cannot end the process, and the error names the server.</summary>
public sealed class CheckedRepliesTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private static readonly Gen<byte[]> Answers = Gen.OneOf(
        Gen.Byte.Array[1, 80],
        Gen.OneOf("+-:,(#_$=!*~>%|;.?0123456789\r\n".Select(static c => (byte)c).ToArray()).Array[1, 80],
        Gen.Select(Gen.OneOf('$', '=', '!', '*', '~', '%', '>', '|'), Gen.OneOf(Gen.Long, Gen.Long[-2, 70_000], Gen.Long[int.MaxValue - 8L, int.MaxValue + 8L]), Gen.Byte.Array[0, 20])
            .Select((type, length, rest) => (byte[])[.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{type}{length}\r\n")), .. rest]));

    [Theory]
    [InlineData("$2147483645\r\nxxx", "a string of 2147483645 bytes")]
    [InlineData("=2147483647\r\n", "a string of 2147483647 bytes")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "a reply of the unknown type 0x48")]
    public async Task Read_ServerForgesALength_ErrorSaysWhatItSent(string answer, string expected)
    {
        await using var server = new ForgingRedis { Forgery = Encoding.Latin1.GetBytes(answer) };
        await using RedisStore store = Store(server, TimeSpan.FromSeconds(10));

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => store.ReadAsync(["k"], Cancellation));

        Assert.Equal(
            $"127.0.0.1:{server.Port}: what answers there is no Redis that can be used: it sent {expected}", store.Describe(error));
    }

    [Fact]
    public Task Connect_AnyBytesForAnAnswer_IsAnErrorThatNamesTheServer() => Answers.SampleAsync(
        async answer =>
        {
            await using var server = new ForgingRedis { Forgery = answer };
            await using RedisStore store = Store(server, TimeSpan.FromMilliseconds(100));

            Exception error = await Assert.ThrowsAnyAsync<Exception>(() => store.ReadAsync(["k"], Cancellation));

            Assert.StartsWith($"127.0.0.1:{server.Port}: ", store.Describe(error), StringComparison.Ordinal);
        },
        iter: 100);

    [Fact]
    public async Task Read_AnyBytesForAnAnswerLater_IsAnErrorOrAValueAndTheNextReadIsRight()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using (ConnectionMultiplexer connection = await redis.ConnectAsync())
        {
            await connection.GetDatabase().StringSetAsync("k", "right");
        }

        await using var server = new ForgingRedis(redis);
        await using RedisStore store = Store(server, TimeSpan.FromMilliseconds(500));
        await Answers.SampleAsync(
            async answer =>
            {
                Assert.Equal("right"u8.ToArray(), (await UntilReadAsync(store)).Bytes);
                server.Forgery = answer;
                try
                {
                    await store.ReadAsync(["k"], Cancellation);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Assert.StartsWith($"127.0.0.1:{server.Port}: ", store.Describe(e), StringComparison.Ordinal);
                }

                server.Forgery = null;
                await store.DisconnectAsync();
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void AddTo_SettingsWithATunnel_AreRefused() =>
        Assert.Throws<ArgumentException>(() => CheckedReplies.AddTo(ConfigurationOptions.Parse("a:1,tunnel=http:b:2")));

    /// <summary>A machine under load may need more than one attempt to connect.</summary>
    private static async Task<StoredValue> UntilReadAsync(RedisStore store)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return (await store.ReadAsync(["k"], Cancellation))[0];
            }
            catch (Exception e) when (attempt < 20 && e is not OperationCanceledException)
            {
                await store.DisconnectAsync();
            }
        }
    }

    private static RedisStore Store(ForgingRedis server, TimeSpan timeout) => new(
        new RedisOptions { Host = "127.0.0.1", Port = server.Port, Timeout = timeout }, "", 1000, TimeProvider.System);
}
