using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods;

/// <summary>Makes a method's tensors. A method is found by its <see cref="MethodDescriptor"/>, which implements this.</summary>
public interface IMethodFactory
{
    /// <summary>Makes the method, before its first iteration; one that trains is an <see cref="ITrainableMethod"/>.</summary>
    /// <param name="inputs">The job and what belongs to it.</param>
    /// <exception cref="Contracts.InvalidInputException">A setting is out of range, or the job does not fit the backbone.</exception>
    IMethod Create(MethodInputs inputs);
}
