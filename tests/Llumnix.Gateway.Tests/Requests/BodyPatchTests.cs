using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Tests.Requests;

public sealed class BodyPatchTests
{
    [Fact]
    public void Pieces_NothingChanged_AreTheBodyItself()
    {
        byte[] body = """{"model":"m"}"""u8.ToArray();
        ReadOnlyMemory<byte> piece = Assert.Single(new BodyPatch(body, RequestFieldsTests.Read(body)).Pieces());
        Assert.True(piece.Equals(body.AsMemory()));
    }

    [Theory]
    [InlineData("""{}""", """{"max_tokens":1}""")]
    [InlineData(""" { "a" : 1 } """, """ {"max_tokens":1, "a" : 1 } """)]
    [InlineData("""{"max_tokens" : 99 }""", """{"max_tokens" : 1 }""")]
    [InlineData("""{"max_tokens":2,"max_tokens":3}""", """{"max_tokens":2,"max_tokens":1}""")]
    public void Set_Member_ChangesNothingElse(string body, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        RequestFields fields = RequestFieldsTests.Read(bytes);
        var patch = new BodyPatch(bytes, fields);
        patch.Set(fields.MaxTokens, "max_tokens"u8, "1"u8);
        Assert.Equal(expected, Join(patch));
    }

    [Fact]
    public void Set_TwoNewMembersInAnEmptyObject_AreJoinedByAComma()
    {
        byte[] body = "{}"u8.ToArray();
        RequestFields fields = RequestFieldsTests.Read(body);
        var patch = new BodyPatch(body, fields);
        patch.Set(fields.MaxTokens, "max_tokens"u8, "1"u8);
        patch.Set(fields.RequestId, "request_id"u8, "\"r\""u8);
        Assert.Equal("""{"request_id":"r","max_tokens":1}""", Join(patch));
    }

    [Theory]
    [InlineData("""{}""", """{}""")]
    [InlineData("""{ "stream" : true }""", """{  }""")]
    [InlineData("""{"stream":true,"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1 , "stream":true}""", """{"a":1}""")]
    [InlineData("""{"a":1,"stream":[1,{"stream":2}],"b":{"stream":3}}""", """{"a":1,"b":{"stream":3}}""")]
    [InlineData("""{"stream":1,"str\u0065am":2,"a":1,"stream":3,"stream":4}""", """{"a":1}""")]
    [InlineData("""{"stream":1,"stream":2}""", """{}""")]
    public void Remove_Member_TakesOutEveryOneOfTheName(string body, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        var patch = new BodyPatch(bytes, RequestFieldsTests.Read(bytes));
        patch.Remove("stream"u8);
        Assert.Equal(expected, Join(patch));
    }

    [Theory]
    [InlineData("""{"stream":1,"stream":2}""", """{"stream":null}""")]
    [InlineData("""{"a":1,"stream":1}""", """{"stream":null,"a":1}""")]
    [InlineData("""{}""", """{"stream":null}""")]
    public void Put_Member_IsTheOnlyOneOfItsName(string body, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        var patch = new BodyPatch(bytes, RequestFieldsTests.Read(bytes));
        patch.Put("stream"u8, "null"u8);
        Assert.Equal(expected, Join(patch));
    }

    /// <summary>Whatever stands where, the rest stays in order and commas stand only between members.</summary>
    [Fact]
    public void Edits_AnyBody_AreWhatAListOfMembersWouldBe() =>
        Gen.Select(Gen.OneOf(Gen.Const("stream"), Gen.Const("max_tokens"), Gen.Const("min_tokens"), Gen.Const("b")).Array[0, 7], Gen.Int[0, 2], Gen.Bool)
            .Sample((names, blanks, isPut) =>
            {
                string space = new(' ', blanks);
                string[] members = [.. names.Select((name, i) => FormattableString.Invariant($"{space}\"{name}\"{space}:{space}{i}{space}"))];
                byte[] bytes = Encoding.UTF8.GetBytes("{" + string.Join(',', members) + "}");
                RequestFields fields = RequestFieldsTests.Read(bytes);
                var patch = new BodyPatch(bytes, fields);
                patch.Remove("stream"u8);
                patch.Remove("min_tokens"u8);
                if (isPut)
                {
                    patch.Put("max_tokens"u8, "99"u8);
                }

                string[] gone = isPut ? ["stream", "min_tokens", "max_tokens"] : ["stream", "min_tokens"];
                IEnumerable<string> kept = names.Select(static (name, i) => (name, i)).Where(member => !gone.Contains(member.name))
                    .Select(static member => FormattableString.Invariant($"\"{member.name}\":{member.i}"));
                string expected = "{" + string.Join(',', (isPut ? new[] { "\"max_tokens\":99" } : []).Concat(kept)) + "}";
                Assert.Equal(expected, Join(patch).Replace(" ", "", StringComparison.Ordinal));
            });

    [Fact]
    public void Set_NoJson_Throws() =>
        Assert.Throws<InvalidOperationException>(() => new BodyPatch("x"u8.ToArray(), null).Set(default, "a"u8, "1"u8));

    /// <summary>Whatever the body, the result is what a document that is changed and written anew would be.</summary>
    [Fact]
    public void Set_AnyBody_IsWhatADocumentWouldBe() =>
        Gen.Select(Gen.OneOf(
                Gen.Const("max_tokens"), Gen.Const("stream"), Gen.Const("stream_options"), Gen.Const("kv_transfer_params"), Gen.String[Gen.Char.AlphaNumeric, 0, 3]).Array[0, 6],
            Gen.Int[0, 3], Gen.Bool).Sample((names, blanks, isObject) =>
            {
                string space = new(' ', blanks);
                string value = isObject ? """{"a":[1,"}"]}""" : "17";
                string body = "{" + string.Join(',', names.Distinct().Select(name => $"{space}\"{name}\"{space}:{space}{value}{space}")) + "}";
                byte[] bytes = Encoding.UTF8.GetBytes(body);
                RequestFields fields = RequestFieldsTests.Read(bytes);
                var patch = new BodyPatch(bytes, fields);
                patch.Set(fields.MaxTokens, "max_tokens"u8, "1"u8);
                patch.Set(fields.KvTransferParams, "kv_transfer_params"u8, """{"x":null}"""u8);
                JsonObject expected = JsonNode.Parse(body)!.AsObject();
                expected["max_tokens"] = 1;
                expected["kv_transfer_params"] = JsonNode.Parse("""{"x":null}""");
                Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(Join(patch))), Join(patch));
            });

    private static string Join(BodyPatch patch) => string.Concat(patch.Pieces().Select(static piece => Encoding.UTF8.GetString(piece.Span)));
}
