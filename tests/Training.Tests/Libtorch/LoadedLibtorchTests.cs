using AdaptCluster.Training.Libtorch;
using AdaptCluster.Training.Tests.Backbones.Clip;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Libtorch;

/// <summary>What is said of the libtorch in this process, and of GPUs.</summary>
public sealed class LoadedLibtorchTests
{
    [Fact]
    public void The_loaded_libtorch_tells_its_folder_and_its_version()
    {
        using var tensor = torch.zeros(1);
        var loaded = LoadedLibtorch.Find();
        Assert.NotNull(loaded);
        Assert.True(File.Exists(Path.Combine(loaded.Folder, "libtorch_cpu.so")), loaded.Folder);
        Assert.Matches(@"^\d+\.\d+\.\d+", loaded.Version);
    }

    [Fact]
    public void What_a_libtorch_for_CUDA_says_of_itself_is_read()
    {
        var loaded = LoadedLibtorch.Parse("/torch/lib",
            """
            PyTorch built with:
              - GCC 13.3
              - CUDA Runtime 13.0
              - NVCC architecture flags: -gencode;arch=compute_90,code=sm_90
              - CuDNN 91.5.1  (built against CUDA 13.0)
                - Built with CuDNN 91.5
              - Build settings: BLAS_INFO=mkl, CUDA_VERSION=13.0, CUDNN_VERSION=9.15.1, TORCH_VERSION=2.11.0, USE_CUDA=ON,
            """);
        Assert.Equal("libtorch 2.11.0 in /torch/lib, CUDA 13.0, cuDNN 9.15.1", loaded.ToString());
        // Without a driver it tells what it was built with.
        var built = LoadedLibtorch.Parse("/", "CUDA_VERSION=12.8, CUDNN_VERSION=9.7.1, ");
        Assert.Equal(("12.8", "9.7.1"), (built.Cuda, built.Cudnn));
        Assert.Equal("libtorch of unknown version in /, built for the CPU", LoadedLibtorch.Parse("/", "").ToString());
    }

    [Theory]
    [InlineData(9, "tf32 and bfloat16 are faster than float32")]
    [InlineData(7, "tf32 and bfloat16 are not faster than float32")]
    public void A_GPU_is_described_with_what_pays_there(int major, string expected) => Assert.Equal(
        $"NVIDIA H100 80GB HBM3, 81,089 MiB, compute capability {major}.0; {expected}",
        new Gpu("NVIDIA H100 80GB HBM3", 81_089L << 20, major, 0).ToString());

    [Fact]
    public void A_model_switches_tf32_off()
    {
        using var small = new SmallClip();
        Assert.False(torch.backends.cudnn.allow_tf32);
        Assert.False(torch.backends.cuda.matmul.allow_tf32);
    }
}
