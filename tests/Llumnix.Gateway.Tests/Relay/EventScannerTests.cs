using System.Text;
using CsCheck;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;
using Llumnix.Testing;

namespace Llumnix.Gateway.Tests.Relay;

public sealed class EventScannerTests
{
    private const string Token = """data: {"id":"x","choices":[{"index":0,"delta":{"content":" \"usage\":{} "}}]}""";
    private const string TokenWithNull = """data: {"id":"x","choices":[{"index":0,"delta":{"content":"a"}}],"usage":null}""";
    private const string LastUsage = """data: {"id":"x","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"details":{"a":[1]},"total_tokens":10}}""";
    private const string Done = "data: [DONE]";

    private static readonly Gen<string> AnyEvent = Gen.OneOf(
        Gen.Const(Token), Gen.Const(TokenWithNull), Gen.Const(LastUsage), Gen.Const(Done), Gen.Const(": ping"), Gen.Const("event: x\ndata: {}"),
        Gen.Const("""data:{"usage":{"prompt_tokens":1},"choices":[{}]}"""), Gen.Const("""data: {"error":{"message":"no"}}"""), Gen.Const("data: {\"usage\":"),
        Gen.Const("data: \"usage\""), Gen.Const(""));

    [Fact]
    public void Scan_ClientDidNotAsk_SeesWhatTheEngineWouldHaveSent()
    {
        string sent = Stream("\n\n", Token, TokenWithNull, LastUsage, Done);
        (string seen, EventScanner scanner) = Scan(sent, sent.Length, cutsUsage: true);
        Assert.Equal(Stream("\n\n", Token, TokenWithNull.Replace(",\"usage\":null", "", StringComparison.Ordinal), Done), seen);
        Assert.Equal(new TokenUsage(7, 3), scanner.Usage);
        Assert.Equal((2, 3), (scanner.Events, scanner.Tokens));
        Assert.True(scanner.IsDone);
    }

    [Fact]
    public void Scan_ClientAsked_SeesEveryByte()
    {
        string sent = Stream("\r\n\r\n", Token, TokenWithNull, LastUsage, Done);
        (string seen, EventScanner scanner) = Scan(sent, sent.Length, cutsUsage: false);
        Assert.Equal(sent, seen);
        Assert.Equal(new TokenUsage(7, 3), scanner.Usage);
        Assert.Equal(3, scanner.Events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scan_UsageWithEachEvent_CountsOnFromTheLast(bool cutsUsage)
    {
        const string counted = """data: {"choices":[{"delta":{"content":"abc"}}],"usage":{"prompt_tokens":7,"completion_tokens":4}}""";
        Assert.Equal(5, Scan(Stream("\n\n", Token, counted, Token), 1000, cutsUsage).Scanner.Tokens);
    }

    [Fact]
    public void Scan_UsageBesideChoices_LosesTheMemberAlone()
    {
        (string seen, _) = Scan("""data:{ "usage" : {"prompt_tokens":1} , "choices":[{}]}""" + "\n\n", 1, cutsUsage: true);
        Assert.Equal("""data:{  "choices":[{}]}""" + "\n\n", seen);
    }

    [Fact]
    public void Scan_Error_IsNoticed() => Assert.True(Scan("data: { \"error\":{\"message\":\"no\"}}\n\n", 3, cutsUsage: true).Scanner.HasError);

    [Fact]
    public void Scan_LineWithoutEnd_IsPassedOnWhenItIsTooLong()
    {
        var scanner = new EventScanner(cutsUsage: true);
        byte[] line = Encoding.UTF8.GetBytes("data: " + new string('x', EventScanner.MaxLineBytes));
        Assert.Equal(line.Length, scanner.Scan(line, 0, out int rest));
        Assert.Equal(line.Length, rest);
        byte[] end = Encoding.UTF8.GetBytes("xx\n\n" + LastUsage + "\n\n");
        Assert.Equal(4, scanner.Scan(end, 0, out rest));
        Assert.Equal(end.Length, rest);
        Assert.Equal(1, scanner.Events);
    }

    [Fact]
    public void Scan_AnySplit_GivesTheSame() =>
        Gen.Select(AnyEvent.Array[0, 8], Gen.OneOf(Gen.Const("\n\n"), Gen.Const("\r\n\r\n")), Gen.Bool, Gen.Int[1, 40], Gen.Bool).Sample(
            (events, separator, cuts, size, isCutOff) =>
            {
                string sent = Stream(separator, events);
                sent = isCutOff ? sent[..(sent.Length / 2)] : sent;
                (string whole, EventScanner expected) = Scan(sent, int.MaxValue, cuts);
                (string pieces, EventScanner actual) = Scan(sent, size, cuts);
                Assert.Equal(whole, pieces);
                Assert.Equal(
                    (expected.Events, expected.Tokens, expected.Usage, expected.IsDone, expected.HasError, expected.IsBetweenEvents),
                    (actual.Events, actual.Tokens, actual.Usage, actual.IsDone, actual.HasError, actual.IsBetweenEvents));
                Assert.True(cuts || pieces == sent);
            });

    [Fact]
    public void Scan_Events_AllocateNothing()
    {
        var scanner = new EventScanner(cutsUsage: true);
        byte[] piece = Encoding.UTF8.GetBytes(Stream("\n\n", Token, Token, Token));
        scanner.Scan(piece, 0, out _);

        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                scanner.Scan(piece, 0, out _);
            }
        }));
    }

    private static string Stream(string separator, params string[] events) => string.Concat(events.Select(data => data + separator));

    /// <summary>Passes a stream through in pieces of one size, as a relay does.</summary>
    private static (string Seen, EventScanner Scanner) Scan(string sent, int size, bool cutsUsage)
    {
        var scanner = new EventScanner(cutsUsage);
        var seen = new List<byte>();
        byte[] held = [];
        foreach (byte[] piece in Encoding.UTF8.GetBytes(sent).Chunk(size))
        {
            byte[] bytes = [.. held, .. piece];
            int kept = scanner.Scan(bytes, held.Length, out int rest);
            held = bytes[rest..];
            seen.AddRange(bytes[..kept]);
        }

        seen.AddRange(held);
        return (Encoding.UTF8.GetString([.. seen]), scanner);
    }
}
