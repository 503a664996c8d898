using AdaptCluster.Training.Safetensors;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Safetensors;

public sealed class SafetensorsRoundTripTests
{
    private static readonly torch.ScalarType[] _types =
    [
        torch.float64, torch.float32, torch.float16, torch.bfloat16,
        torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.@bool,
    ];

    [Fact]
    public void A_written_tensor_of_any_type_and_shape_is_read_back_bit_for_bit()
    {
        var tensor = Gen.Select(Gen.Int[0, _types.Length - 1], Gen.Int[0, 4].Array[0, 4], Gen.Int[0, 1000]);
        tensor.Array[0, 4].Sample(specs =>
        {
            using var scope = torch.NewDisposeScope();
            var tensors = new Dictionary<string, torch.Tensor>();
            foreach (var (type, shape, start) in specs)
            {
                var sizes = shape.Select(s => (long)s).ToArray();
                var count = sizes.Aggregate(1L, (a, b) => a * b);
                var values = Enumerable.Range(start, (int)count).Select(i => (long)(i % 100)).ToArray();
                tensors[$"t{tensors.Count}"] = torch.tensor(values).reshape(sizes).to_type(_types[type]);
            }
            using var file = SafetensorsFile.Read(SafetensorsWriter.ToBytes(tensors), "memory");
            return tensors.Count == file.Entries.Count && tensors.All(t => Same(t.Value, file.ToTensor(t.Key)));
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes_whatever_the_order_they_are_given_in()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (torch.ones(3), torch.zeros(2, 2, dtype: torch.uint8));
        var forwards = SafetensorsWriter.ToBytes(new Dictionary<string, torch.Tensor> { ["a"] = a, ["b"] = b });
        var backwards = SafetensorsWriter.ToBytes(new Dictionary<string, torch.Tensor> { ["b"] = b, ["a"] = a });
        Assert.Equal(forwards, backwards);
    }

    [Fact]
    public void Metadata_comes_back()
    {
        var metadata = new Dictionary<string, string> { ["epoch"] = "7", ["ü\n"] = "\"" };
        var bytes = SafetensorsWriter.ToBytes(new Dictionary<string, torch.Tensor>(), metadata);
        using var file = SafetensorsFile.Read(bytes, "memory");
        Assert.Equal("7", file.Metadata["epoch"]);
        Assert.Equal("\"", file.Metadata["ü\n"]);
    }

    [Fact]
    public void Values_are_converted_to_the_type_that_is_asked_for()
    {
        using var scope = torch.NewDisposeScope();
        var half = torch.tensor(new[] { 1.5f, -2f }).to_type(torch.bfloat16);
        using var file = SafetensorsFile.Read(SafetensorsWriter.ToBytes(new Dictionary<string, torch.Tensor> { ["x"] = half }), "memory");
        Assert.Equal([1.5f, -2f], file.ToTensor("x", torch.float32).data<float>().ToArray());
    }

    [Fact]
    public void Writing_a_file_replaces_the_old_one_and_leaves_nothing_else_behind()
    {
        var folder = Directory.CreateTempSubdirectory("adaptcluster-").FullName;
        try
        {
            using var scope = torch.NewDisposeScope();
            var path = Path.Combine(folder, "x.safetensors");
            SafetensorsWriter.ToFile(path, new Dictionary<string, torch.Tensor> { ["x"] = torch.zeros(4) });
            SafetensorsWriter.ToFile(path, new Dictionary<string, torch.Tensor> { ["x"] = torch.ones(4) });
            using var file = SafetensorsFile.Open(path);
            Assert.Equal([1f, 1f, 1f, 1f], file.ToTensor("x").data<float>().ToArray());
            Assert.Equal([path], Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Same(torch.Tensor expected, torch.Tensor actual) =>
        expected.dtype == actual.dtype && expected.shape.SequenceEqual(actual.shape) && expected.bytes.SequenceEqual(actual.bytes);
}
