using System.Buffers;
using System.Text;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Http;

namespace Llumnix.Server.Tests.Http;

public sealed class SchedulingRequestReaderTests
{
    private static ParsedRequest Read(string json)
    {
        var request = new ParsedRequest();
        SchedulingRequestReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), request);
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
    public void Clear_ResultOfVeryManyInstances_TheirRoomIsGivenBack()
    {
        ParsedRequest request = Read($$"""{"id":"r","scheduling_result":[{{string.Join(',', Enumerable.Repeat("{}", 100_000))}}]}""");
        Assert.Equal(100_000, request.SchedulingResult.Count);
        request.Clear();
        Assert.InRange(request.SchedulingResult.Capacity, 0, 64);
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
        SchedulingRequestReader.Read(new ReadOnlySequence<byte>(json), request);
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

            SchedulingRequestReader.Read(new ReadOnlySequence<byte>(bytes), request);
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
}
