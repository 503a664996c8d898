using AdaptCluster.Training.Optimisation;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

public sealed class SgdTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.9, 0)]
    [InlineData(0.9, 0.0005)]
    public void Steps_are_those_of_torch(double momentum, double decay)
    {
        using var scope = torch.NewDisposeScope();
        var start = torch.tensor(new float[] { 0, 1, 2, 3, 4, 5 }, [2, 3]);
        var expected = new TorchSharp.Modules.Parameter(start.clone());
        using var optimizer = torch.optim.SGD([expected], 0.1, momentum, 0, decay);
        using var tensor = new TrainedTensor(start.clone());
        for (var step = 0; step < 5; step++)
        {
            expected.grad = expected.detach().sin();
            tensor.Gradient = tensor.Value.detach().sin();
            optimizer.step();
            new Sgd(momentum, decay).Update(tensor, 0.1);
            Assert.True((expected.detach() - tensor.Value.detach()).abs().max().item<float>() < 1e-6);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.0005)]
    public void Many_tensors_updated_as_one_have_the_bits_of_each_updated_alone(double decay)
    {
        using var scope = torch.NewDisposeScope();
        var generator = new torch.Generator(7, torch.CPU);
        long[][] shapes = [[3, 2], [0, 5], [4], [7, 5]];
        TrainedTensor[] Made() => [.. shapes.Select((_, i) => new TrainedTensor(Numbers(i)))];
        torch.Tensor Numbers(int i) => torch.randn(shapes[i], generator: new torch.Generator((ulong)i, torch.CPU));
        var (alone, together) = (Made(), Made());
        for (var step = 0; step < 4; step++)
        {
            foreach (var (one, other) in alone.Zip(together))
            {
                one.Gradient = torch.randn(one.Value.shape, generator: generator);
                other.Gradient = one.Gradient.clone();
            }
            var sgd = new Sgd(0.9, decay);
            sgd.Update(alone, 0.1);
            sgd.UpdateTogether(together, 0.1);
            foreach (var (one, other) in alone.Zip(together))
            {
                Assert.Equal(one.Value.shape, other.Value.shape);
                Assert.Equal(one.Value.detach().bytes.ToArray(), other.Value.detach().bytes.ToArray());
                Assert.Equal(one.Velocity.bytes.ToArray(), other.Velocity.bytes.ToArray());
                Assert.True(other.Value.requires_grad && other.Value.is_leaf && other.Gradient is null);
            }
        }
        foreach (var tensor in alone.Concat(together)) tensor.Dispose();
    }

    [Fact]
    public void Rows_that_are_dropped_take_their_momentum_with_them()
    {
        using var scope = torch.NewDisposeScope();
        using var tensor = new TrainedTensor(torch.zeros(3, 2));
        tensor.Gradient = torch.tensor(new float[] { 0, 1, 2, 3, 4, 5 }, [3, 2]);
        new Sgd(0.9, 0).Update(tensor, 1);
        tensor.KeepRows(torch.tensor(new long[] { 0, 2 }));
        Assert.Equal([0f, 1f, 4f, 5f], tensor.Velocity.data<float>().ToArray());
        Assert.Equal([0f, -1f, -4f, -5f], tensor.Value.detach().data<float>().ToArray());
        Assert.True(tensor.Value.requires_grad && tensor.Value.is_leaf);
    }
}
