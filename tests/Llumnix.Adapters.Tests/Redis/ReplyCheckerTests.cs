using System.Text;
using CsCheck;
using Llumnix.Adapters.Redis;

namespace Llumnix.Adapters.Tests.Redis;

public sealed class ReplyCheckerTests
{
    private static readonly Gen<string> Line = Gen.String[Gen.Char[' ', '~'], 0, 30];

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Line.Select(text => $"+{text}\r\n"),
        Line.Select(text => $"-ERR {text}\r\n"),
        Gen.Long.Select(number => $":{number}\r\n"),
        Gen.Double.Select(number => $",{number}\r\n"),
        Gen.Bool.Select(value => value ? "#t\r\n" : "#f\r\n"),
        Gen.String[Gen.Char['\0', '\x7f'], 0, 300].Select(text => $"${text.Length}\r\n{text}\r\n"),
        Line.Select(text => $"={text.Length + 4}\r\ntxt:{text}\r\n"),
        Line.Select(text => $"!{text.Length}\r\n{text}\r\n"),
        Gen.OneOf("_\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "%0\r\n", "$0\r\n\r\n", "(123456789012345678901234567890\r\n"));

    private static readonly Gen<byte[]> Replies = Reply(depth: 4).Array[1, 6].Select(replies => Encoding.Latin1.GetBytes(string.Concat(replies)));

    [Fact]
    public void Check_ValidRepliesInArbitraryPieces_NothingIsWrong() =>
        Gen.Select(Replies, Gen.Int[1, 40].Array[1, 50]).Sample((bytes, pieces) =>
        {
            var checker = new ReplyChecker();
            foreach (byte[] piece in Pieces(bytes, pieces))
            {
                Assert.Null(checker.Check(piece));
            }
        });

    [Fact]
    public void Check_AnyBytes_ThePiecesMakeNoDifference() =>
        Gen.Select(AnyBytes(), Gen.Int[1, 10].Array[1, 50]).Sample((bytes, pieces) =>
        {
            string? whole = new ReplyChecker().Check(bytes);
            var checker = new ReplyChecker();
            Assert.Equal(whole, Pieces(bytes, pieces).Select(piece => checker.Check(piece)).FirstOrDefault(problem => problem is not null));
        });

    [Theory]
    [InlineData("$2147483645\r\nxxx", "a string of 2147483645 bytes")]
    [InlineData("=2147483647\r\n", "a string of 2147483647 bytes")]
    [InlineData("!2147483647\r\n", "a string of 2147483647 bytes")]
    [InlineData("$4194305\r\n", "a string of 4194305 bytes")]
    [InlineData("*2147483647\r\n", "a reply of 2147483647 elements")]
    [InlineData("%1073741824\r\n", "a reply of 2147483648 elements")]
    [InlineData("*2\r\n*200000\r\n", null)]
    [InlineData("*200000\r\n*200000\r\n", "a reply of 400000 elements")]
    [InlineData("$99999999999\r\n", "a length that is none")]
    [InlineData("$-2\r\n", "a length that is none")]
    [InlineData("%-1\r\n", "a length that is none")]
    [InlineData("$1x\r\n", "a length that is none")]
    [InlineData("$\r\n", "a length that is none")]
    [InlineData("$?\r\n", "a length that is none")]
    [InlineData("$ 1\r\n", "a length that is none")]
    [InlineData("=3\r\n", "a text without its format")]
    [InlineData("$3\r\nabcd", "a string that is longer than its length")]
    [InlineData("$3\r\nabc\rd", "a string that is longer than its length")]
    [InlineData("+OK\n", "a line that ends without CR")]
    [InlineData("+O\rK", "a CR within a line")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "a reply of the unknown type 0x48")]
    [InlineData("|1\r\n", "a reply of the unknown type 0x7C")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "aggregates more than 8 deep")]
    public void Check_WhatNoServerSends_IsNamed(string reply, string? expected) =>
        Assert.Equal(expected, new ReplyChecker().Check(Encoding.Latin1.GetBytes(reply)));

    [Fact]
    public void Check_MoreThanAReplyMayHold_IsNamed()
    {
        var checker = new ReplyChecker();
        Assert.Null(checker.Check("*9\r\n"u8));
        byte[] part = Encoding.Latin1.GetBytes($"$4000000\r\n{new string('x', 4_000_000)}\r\n");
        string?[] problems = [.. Enumerable.Range(0, 9).Select(_ => checker.Check(part))];
        Assert.Equal((null, "a reply of more than 33554432 bytes"), (problems[7], problems[8]));

        Assert.Null(new ReplyChecker().Check(Encoding.Latin1.GetBytes("+" + new string('x', 65_536))));
        Assert.Equal(
            "a line of more than 65536 bytes", new ReplyChecker().Check(Encoding.Latin1.GetBytes("+" + new string('x', 65_537))));
    }

    private static Gen<string> Reply(int depth)
    {
        if (depth == 0)
        {
            return Scalar;
        }

        Gen<string[]> children = Reply(depth - 1).Array[0, 5];
        return Gen.Frequency(
            (3, Scalar),
            (1, children.Select(all => $"*{all.Length}\r\n{string.Concat(all)}")),
            (1, children.Select(all => $"~{all.Length}\r\n{string.Concat(all)}")),
            (1, children.Select(all => $">{all.Length}\r\n{string.Concat(all)}")),
            (1, Gen.Select(Line, Reply(depth - 1)).Array[0, 3].Select(
                all => $"%{all.Length}\r\n{string.Concat(all.Select(pair => $"+{pair.Item1}\r\n{pair.Item2}"))}")));
    }

    private static Gen<byte[]> AnyBytes() => Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.OneOf("+-:,(#_$=!*~>%|;.?0123456789\r\n".Select(static c => (byte)c).ToArray()).Array[0, 60],
        Gen.Select(Replies, Gen.Int[0, 1000], Gen.Byte).Select((bytes, at, value) =>
        {
            bytes = [.. bytes];
            bytes[at % bytes.Length] = value;
            return bytes;
        }));

    private static IEnumerable<byte[]> Pieces(byte[] bytes, int[] lengths)
    {
        for (int start = 0, i = 0; start < bytes.Length; i++)
        {
            int length = Math.Min(lengths[i % lengths.Length], bytes.Length - start);
            yield return bytes[start..(start + length)];
            start += length;
        }
    }
}
