using System.Text;
using CsCheck;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Http;

namespace Llumnix.Server.Tests.Http;

public sealed class SchedulingRequestReaderTests
{
    private static ParsedRequest Read(string json)
    {
        var request = new ParsedRequest();
        request.Read(Encoding.UTF8.GetBytes(json), isLast: true);
        return request;
    }

    [Fact]
    public void Read_AllFields_Read()
    {
        ParsedRequest request = Read("""
            {"id":"r-1","model":"m","gateway_id":"h:1","scheduling_mode":"pd_staged","scheduling_stage":"decode","prompt_num_tokens":7,
             "prompt_token_ids":[1,2,4294967295],"unknown":{"a":[1,{"b":2}]},"scheduling_result":null}
            """);
        Assert.Null(request.Error);
        Assert.True(RequestValidation.IsSchedulable(request));
        Assert.Equal(("r-1", "m", "h:1", 7, 3), (request.Id, request.Model, request.GatewayId, request.PromptLength, request.PromptTokenIds.Length));
        Assert.Equal([1, 2, uint.MaxValue], request.PromptTokenIds.ToArray());
        Assert.Equal((SchedulingMode.PdStaged, InferType.Decode), (request.Mode, request.Stage));
    }

    [Fact]
    public void Read_ExcludedInstances_Read()
    {
        Assert.Equal(["a", "b"], Read("""{"id":"r","scheduling_mode":"neutral","excluded_instances":["a","b"]}""").ToPlacementRequest(null, default).ExcludedInstances);
        Assert.Null(Read("""{"id":"r","scheduling_mode":"neutral","excluded_instances":null}""").ToPlacementRequest(null, default).ExcludedInstances);
    }

    [Fact]
    public void Read_Retry_Read()
    {
        Assert.True(Read("""{"id":"r","retry":true}""").ToPlacementRequest(null, default).IsRetry);
        Assert.False(Read("""{"id":"r","retry":null,"excluded_instances":["a"]}""").ToPlacementRequest(null, default).IsRetry);
        Assert.Equal("retry must be true or false", Read("""{"id":"r","retry":[1]}""").Error);
    }

    [Fact]
    public void Read_PromptChunks_Read()
    {
        ParsedRequest request = Read("""{"id":"r","prompt_chunks":[1,18446744073709551615],"prompt_chunk_tokens":240.5}""");
        Assert.Null(request.Error);
        Assert.Equal([1, ulong.MaxValue], request.PromptChunks.ToArray());
        Assert.Equal(240.5, request.PromptChunkTokens);
        request.Clear();
        Assert.Equal((0, 0), (request.PromptChunks.Length, request.PromptChunkTokens));
    }

    [Fact]
    public void Read_MorePromptChunksThanCount_TheRestIsDropped()
    {
        ParsedRequest request = Read($$"""{"id":"r","prompt_chunks":[{{string.Join(',', Enumerable.Range(0, PromptPrefix.MaxChunks + 5))}}],"model":"m"}""");
        Assert.Null(request.Error);
        Assert.Equal((PromptPrefix.MaxChunks, "m"), (request.PromptChunks.Length, request.Model));
    }

    [Theory]
    [InlineData(""" "prompt_chunks":7 """)]
    [InlineData(""" "prompt_chunks":[-1] """)]
    [InlineData(""" "prompt_chunks":[1.5] """)]
    [InlineData(""" "prompt_chunks":[1,[2]] """)]
    [InlineData(""" "prompt_chunks":["a"] """)]
    [InlineData(""" "prompt_chunk_tokens":0 """)]
    [InlineData(""" "prompt_chunk_tokens":1e300 """)]
    [InlineData(""" "prompt_chunk_tokens":"1" """)]
    public void Read_BadPromptChunks_AnErrorThatNamesTheField(string member) =>
        Assert.StartsWith(member.Trim().Split(':')[0].Trim('"') + " must be", Read("{" + member + "}").Error, StringComparison.Ordinal);

    [Fact]
    public void Read_TooManyExcludedInstances_IsAnError()
    {
        string ids = string.Join(',', Enumerable.Range(0, BodyBounds.MaxExcluded + 1).Select(static i => $"\"i{i}\""));
        Assert.Contains("excluded_instances has more than 64 ids", Read($$"""{"id":"r","excluded_instances":[{{ids}}]}""").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoCountButIds_TheirNumberIsThePromptLength() =>
        Assert.Equal(2, Read("""{"id":"r","scheduling_mode":"neutral","prompt_token_ids":[5,6]}""").PromptLength);

    [Fact]
    public void Read_FieldsAreNull_ZeroValues()
    {
        ParsedRequest request = Read("""{"id":"r","model":null,"prompt_num_tokens":null,"prompt_token_ids":null,"scheduling_mode":"neutral"}""");
        Assert.True(RequestValidation.IsSchedulable(request));
        Assert.Equal(("", 0), (request.Model, request.PromptLength));
    }

    [Theory]
    [InlineData("", "malformed JSON")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{\"id\":\"r\"", "malformed JSON")]
    [InlineData("{\"id\":\"r\"} {}", "malformed JSON")]
    [InlineData("{\"id\":5}", "id must be a string")]
    [InlineData("{\"id\":\"r\",\"excluded_instances\":\"a\"}", "excluded_instances must be an array of strings")]
    [InlineData("{\"id\":\"r\",\"excluded_instances\":[1]}", "excluded_instances must be an array of strings")]
    [InlineData("{\"id\":\"r\",\"excluded_instances\":[[\"a\"]]}", "excluded_instances must be an array of strings")]
    [InlineData("{\"scheduling_mode\":\"neutral\"}", "id is empty")]
    [InlineData("{\"id\":\"r\"}", "scheduling_mode must be one of")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"both\"}", "scheduling_mode must be one of")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"pd_staged\"}", "scheduling_stage must be")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"pd_staged\",\"scheduling_stage\":\"neutral\"}", "scheduling_stage must be")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"neutral\",\"prompt_num_tokens\":-1}", "prompt_num_tokens must be")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"neutral\",\"prompt_num_tokens\":2147483648}", "prompt_num_tokens must be")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"neutral\",\"prompt_num_tokens\":1.5}", "prompt_num_tokens must be")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"neutral\",\"prompt_token_ids\":[1,-2]}", "prompt_token_ids must be")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"neutral\",\"prompt_token_ids\":\"x\"}", "prompt_token_ids must be")]
    [InlineData("{\"id\":\"r\",\"scheduling_mode\":\"neutral\",\"prompt_token_ids\":[4294967296]}", "prompt_token_ids must be")]
    public void IsSchedulable_BadRequest_SaysWhatIsWrong(string json, string expected)
    {
        ParsedRequest request = Read(json);
        Assert.False(RequestValidation.IsSchedulable(request));
        Assert.Contains(expected, request.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_InvalidUtf8_IsAnError()
    {
        byte[] json = [.. "{\"id\":\"r"u8, 0xff, .. "\"}"u8];
        var request = new ParsedRequest();
        request.Read(json, isLast: true);
        Assert.StartsWith("malformed JSON", request.Error, StringComparison.Ordinal);
    }

    /// <summary>Random cuts and changed bytes of a good request: an error or a request, never an exception.</summary>
    [Fact]
    public void Read_GarbledRequests_NeverThrows()
    {
        byte[] good = Encoding.UTF8.GetBytes(
            """{"id":"r","scheduling_mode":"neutral","prompt_token_ids":[1,2],"scheduling_result":[{"endpoint":{"host":"h","port":1},"infer_type":"decode"}]}""");
        var random = new Random(3);
        var request = new ParsedRequest();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good[..random.Next(good.Length + 1)]];
            for (int i = random.Next(3); i > 0 && bytes.Length > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            request.Clear();
            request.Read(bytes, isLast: true);
            _ = RequestValidation.IsSchedulable(request);
        }
    }

    [Fact]
    public void Read_SchedulingResult_WhatTellsTheInstance()
    {
        ParsedRequest request = Read("""
            {"id":"r","scheduling_result":[
              {"version":1,"id":"x","infer_type":"prefill","endpoint":{"host":"10.0.0.1","port":8000,"more":[]},"aux_ip":"y","dp_rank":3},
              {"endpoint":null,"dp_rank":null},{}]}
            """);
        Assert.True(RequestValidation.IsReleasable(request));
        Assert.Equal(
            [new("10.0.0.1", 8000, InferType.Prefill, "x", 1, 3), new ReleasedInstance("", 0, null), new ReleasedInstance("", 0, null)],
            request.SchedulingResult);
    }

    [Theory]
    [InlineData("{\"id\":\"r\"}")]
    [InlineData("{\"id\":\"r\",\"scheduling_result\":[]}")]
    [InlineData("{\"id\":\"r\",\"scheduling_result\":{}}")]
    [InlineData("{\"id\":\"r\",\"scheduling_result\":[1]}")]
    [InlineData("{\"id\":\"r\",\"scheduling_result\":[{\"dp_rank\":\"0\"}]}")]
    public void IsReleasable_NoInstance_False(string json) => Assert.False(RequestValidation.IsReleasable(Read(json)));

    [Theory]
    [InlineData("id")]
    [InlineData("model")]
    [InlineData("gateway_id")]
    [InlineData("scheduling_mode")]
    [InlineData("scheduling_stage")]
    public void Read_LongText_IsNamedWithItsBound(string field)
    {
        Assert.Equal($"{field} is longer than 512 bytes", Read($$"""{"{{field}}":"{{new string('x', 513)}}"}""").Error);
        Assert.Null(Read($$"""{"{{field}}":"{{new string('x', 512)}}"}""").Error);
    }

    [Theory]
    [InlineData("id", "{\"id\":\"?\"}")]
    [InlineData("infer_type", "{\"infer_type\":\"?\"}")]
    [InlineData("endpoint.host", "{\"endpoint\":{\"host\":\"?\"}}")]
    public void Read_LongTextInAResult_IsNamedWithItsBound(string field, string result)
    {
        string json = $$"""{"id":"r","scheduling_result":[{{result.Replace("?", new string('x', 513), StringComparison.Ordinal)}}]}""";
        Assert.Equal($"scheduling_result.{field} is longer than 512 bytes", Read(json).Error);
    }

    [Fact]
    public void Read_ResultOfVeryManyInstances_IsRefused()
    {
        ParsedRequest request = Read($$"""{"id":"r","scheduling_result":[{{string.Join(',', Enumerable.Repeat("{}", 129))}}]}""");
        Assert.Equal("scheduling_result lists more than 128 instances", request.Error);
        Assert.Equal(128, request.SchedulingResult.Count);
    }

    [Fact]
    public void Read_MoreTokenIdsThanThereMayBe_IsRefused()
    {
        string ids = string.Join(',', Enumerable.Repeat("7", BodyBounds.MaxTokenIds));
        Assert.Equal(BodyBounds.MaxTokenIds, Read($$"""{"prompt_token_ids":[{{ids}}]}""").PromptLength);
        Assert.Equal("prompt_token_ids holds more than 2097152 ids", Read($$"""{"prompt_token_ids":[{{ids}},7]}""").Error);
    }

    [Theory]
    [InlineData("01")]
    [InlineData("-0")]
    [InlineData("1.0")]
    [InlineData("1e2")]
    [InlineData("12345678901")]
    [InlineData("99999999999999999999999")]
    [InlineData("1 2")]
    [InlineData("1,")]
    [InlineData(",1")]
    [InlineData("1,,2")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("\"1\"")]
    [InlineData("1}")]
    public void Read_NoTokenId_IsAnError(string ids) =>
        Assert.StartsWith("prompt_token_ids must be an array", Read($$"""{"id":"r","prompt_token_ids":[{{ids}}]}""").Error, StringComparison.Ordinal);

    [Fact]
    public void Read_DeeplyNested_IsAnError() =>
        Assert.StartsWith("malformed JSON", Read($$"""{"x":{{new string('[', 100_000)}}""").Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"prompt_token_ids":[1""")]
    [InlineData("""{"prompt_token_ids":[1,""")]
    [InlineData("""{"prompt_token_ids":[""")]
    [InlineData("""{"prompt_token_ids":[1]""")]
    public void Read_CutOff_IsAnError(string json) => Assert.StartsWith("malformed JSON", Read(json).Error, StringComparison.Ordinal);

    /// <summary>However a body is cut into pieces, good or garbled, what is read is the same as at once.</summary>
    [Fact]
    public void Read_InPieces_TheSameAsAtOnce()
    {
        const string good = """
             {"id":"r\u00e9","unknown":{"a":[1,{"b":"x"}]},"prompt_token_ids":[1, 22,4294967295 ,0],"scheduling_mode":"pd_staged", "prompt_num_tokens":70,
             "scheduling_result":[{"endpoint":{"host":"h","port":1},"infer_type":"decode"}],"prompt_token_ids":[ ],"prompt_token_ids":[5,6],"model":null,"prompt_chunks":[7,18446744073709551615 ],"prompt_chunk_tokens":2.5}
            """;
        Gen<byte[]> bodies = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Bool, (at, value, isGarbled) =>
        {
            byte[] json = Encoding.UTF8.GetBytes(good);
            json[at] = isGarbled ? value : json[at];
            return json;
        });
        Gen.Select(bodies, Gen.Int[0, 9].Array[0, 200]).Sample((json, sizes) =>
        {
            var whole = new ParsedRequest();
            whole.Read(json, isLast: true);
            var pieces = new ParsedRequest();
            int end = 0;
            int done = 0;
            for (int i = 0; end < json.Length && pieces.Error is null; i++)
            {
                end = i < sizes.Length ? Math.Min(json.Length, end + sizes[i]) : json.Length;
                done += pieces.Read(json.AsSpan(done, end - done), isLast: end == json.Length);
            }

            Assert.Equal(whole.Error is null, pieces.Error is null);
            if (whole.Error is null)
            {
                Assert.Equal((whole.Id, whole.Model, whole.SchedulingMode, whole.PromptTokens), (pieces.Id, pieces.Model, pieces.SchedulingMode, pieces.PromptTokens));
                Assert.Equal(whole.PromptTokenIds.ToArray(), pieces.PromptTokenIds.ToArray());
                Assert.Equal(whole.PromptChunks.ToArray(), pieces.PromptChunks.ToArray());
                Assert.Equal(whole.PromptChunkTokens, pieces.PromptChunkTokens);
                Assert.Equal(whole.SchedulingResult, pieces.SchedulingResult);
            }
        });
    }
}
