package aero.hadoop;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import jdk.internal.org.objectweb.asm.ClassReader;
import jdk.internal.org.objectweb.asm.ClassVisitor;
import jdk.internal.org.objectweb.asm.ClassWriter;
import jdk.internal.org.objectweb.asm.Label;
import jdk.internal.org.objectweb.asm.MethodVisitor;
import jdk.internal.org.objectweb.asm.Opcodes;

/**
 * A Java agent by which a server that would listen on every interface of the machine listens on loopback alone.
 *
 * <p>Tez binds the doors of its masters to 0.0.0.0, and has no setting for it. What a server binds to passes through
 * {@code bind} of the JDK's server sockets: there, a wildcard address becomes the loopback address.
 */
public final class Loopback {

  private static final Set<String> SOCKETS = Set.of(
      "java/net/ServerSocket",
      "sun/nio/ch/AsynchronousServerSocketChannelImpl",
      "sun/nio/ch/ServerSocketChannelImpl");
  private static final String INTERNET = "java/net/InetSocketAddress";
  private static final String HOST = "java/net/InetAddress";

  private Loopback() {
  }

  /** Called by Java before the program's own main. A JDK that cannot be changed so ends the program. */
  public static void premain(String arguments, Instrumentation java) throws Exception {
    Module base = Object.class.getModule();
    Set<Module> us = Set.of(Loopback.class.getModule());
    java.redefineModule(base, Set.of(), Map.of("jdk.internal.org.objectweb.asm", us), Map.of(), Set.of(), Map.of());
    Binding binding = new Binding();
    java.addTransformer(binding, true);
    for (String name : SOCKETS) {
      java.retransformClasses(Class.forName(name.replace('/', '.')));
    }
    java.removeTransformer(binding);
    if (!binding.changed.equals(SOCKETS)) {
      throw new IllegalStateException("Of " + SOCKETS + " only " + binding.changed + " could be changed: is this JDK 17?");
    }
  }

  /** Puts a few instructions before the first of bind(SocketAddress, int). */
  private static final class Binding implements ClassFileTransformer {

    private final Set<String> changed = new HashSet<>();

    @Override
    public byte[] transform(
        ClassLoader loader, String name, Class<?> loaded, ProtectionDomain domain, byte[] bytes) {
      if (!SOCKETS.contains(name)) {
        return null;
      }
      ClassReader reader = new ClassReader(bytes);
      // Frames are written by hand below: ASM would load classes to find them.
      ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
      reader.accept(new ClassVisitor(Opcodes.ASM8, writer) {
        @Override
        public MethodVisitor visitMethod(int access, String method, String types, String generic, String[] thrown) {
          MethodVisitor old = super.visitMethod(access, method, types, generic, thrown);
          if (!method.equals("bind") || !types.startsWith("(Ljava/net/SocketAddress;I)")
              || (access & Opcodes.ACC_SYNTHETIC) != 0) {
            return old;
          }
          changed.add(name);
          return new ToLoopback(old);
        }
      }, 0);
      return writer.toByteArray();
    }
  }

  /**
   * In Java: {@code if (address == null) address = new InetSocketAddress(loopback, 0); else if (address instanceof
   * InetSocketAddress a && a.getAddress() != null && a.getAddress().isAnyLocalAddress()) address = new
   * InetSocketAddress(loopback, a.getPort());}
   */
  private static final class ToLoopback extends MethodVisitor {

    ToLoopback(MethodVisitor next) {
      super(Opcodes.ASM8, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      Label given = new Label();
      Label end = new Label();
      visitVarInsn(Opcodes.ALOAD, 1);
      visitJumpInsn(Opcodes.IFNONNULL, given);
      replace(() -> visitInsn(Opcodes.ICONST_0));
      visitJumpInsn(Opcodes.GOTO, end);
      visitLabel(given);
      visitFrame(Opcodes.F_SAME, 0, null, 0, null);
      visitVarInsn(Opcodes.ALOAD, 1);
      visitTypeInsn(Opcodes.INSTANCEOF, INTERNET);
      visitJumpInsn(Opcodes.IFEQ, end);
      ask("getAddress", "()L" + HOST + ";");
      visitJumpInsn(Opcodes.IFNULL, end);
      ask("getAddress", "()L" + HOST + ";");
      visitMethodInsn(Opcodes.INVOKEVIRTUAL, HOST, "isAnyLocalAddress", "()Z", false);
      visitJumpInsn(Opcodes.IFEQ, end);
      replace(() -> ask("getPort", "()I"));
      visitLabel(end);
      visitFrame(Opcodes.F_SAME, 0, null, 0, null);
      visitInsn(Opcodes.NOP);
    }

    private void ask(String method, String types) {
      visitVarInsn(Opcodes.ALOAD, 1);
      visitTypeInsn(Opcodes.CHECKCAST, INTERNET);
      visitMethodInsn(Opcodes.INVOKEVIRTUAL, INTERNET, method, types, false);
    }

    private void replace(Runnable port) {
      visitTypeInsn(Opcodes.NEW, INTERNET);
      visitInsn(Opcodes.DUP);
      visitMethodInsn(Opcodes.INVOKESTATIC, HOST, "getLoopbackAddress", "()L" + HOST + ";", false);
      port.run();
      visitMethodInsn(Opcodes.INVOKESPECIAL, INTERNET, "<init>", "(L" + HOST + ";I)V", false);
      visitVarInsn(Opcodes.ASTORE, 1);
    }
  }
}
