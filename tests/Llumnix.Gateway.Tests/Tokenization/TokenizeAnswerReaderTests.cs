using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Llumnix.Gateway.Tokenization;

namespace Llumnix.Gateway.Tests.Tokenization;

/// <summary>Answers of <c>/tokenize</c>, read piece by piece.</summary>
public sealed class TokenizeAnswerReaderTests
{
    /// <summary>Wherever the pieces end, and whatever the order of the members.</summary>
    [Fact]
    public void Read_AnyPieces_GivesCountAndIds()
    {
        Gen.Select(Gen.UInt.Array[0, 40], Gen.Bool, Gen.Int[1, 30]).Sample((ids, isCountLast, pieceBytes) =>
        {
            string count = FormattableString.Invariant($"\"count\":{ids.Length}");
            string tokens = $"\"tokens\" : [{string.Join(", ", ids.Select(static id => id.ToString(CultureInfo.InvariantCulture)))}]";
            string other = "\"max_model_len\":131072,\"token_strs\":null,\"x\":{\"count\":7,\"tokens\":[1]}";
            byte[] answer = Encoding.UTF8.GetBytes($"{{{(isCountLast ? tokens : count)},{other},{(isCountLast ? count : tokens)}}}");
            Assert.Equal(ids, Read(answer, wantsIds: true, pieceBytes)!.Ids);
            TokenizedPrompt counted = Read(answer, wantsIds: false, pieceBytes)!;
            Assert.Equal((ids.Length, null), (counted.Count, counted.Ids));
        });
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"count":-1,"tokens":[]}""")]
    [InlineData("""{"count":2.5,"tokens":[1,2]}""")]
    [InlineData("""{"count":"2","tokens":[1,2]}""")]
    [InlineData("""{"count":99999999999,"tokens":[1,2]}""")]
    [InlineData("""{"count":3,"tokens":[1,2]}""")]
    [InlineData("""{"count":2,"tokens":[1,-2]}""")]
    [InlineData("""{"count":2,"tokens":[1,[2]]}""")]
    [InlineData("""{"count":2,"tokens":["1","2"]}""")]
    [InlineData("""{"count":2}""")]
    public void Read_OtherAnswer_IsNoResult(string answer) => Assert.Null(Read(Encoding.UTF8.GetBytes(answer), wantsIds: true, pieceBytes: 5));

    [Theory]
    [InlineData("")]
    [InlineData("""{"count":2""")]
    [InlineData("not json")]
    public void Read_NoJson_Throws(string answer) =>
        Assert.ThrowsAny<JsonException>(() => Read(Encoding.UTF8.GetBytes(answer), wantsIds: true, pieceBytes: 5));

    private static TokenizedPrompt? Read(byte[] answer, bool wantsIds, int pieceBytes)
    {
        var reader = new TokenizeAnswerReader(wantsIds);
        int start = 0;
        for (int end = 0; end < answer.Length;)
        {
            end = Math.Min(end + pieceBytes, answer.Length);
            start += reader.Read(answer.AsSpan(start..end), isLast: false);
        }

        reader.Read(answer.AsSpan(start), isLast: true);
        return reader.Result();
    }
}
