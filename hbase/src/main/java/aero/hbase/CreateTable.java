package aero.hbase;

import java.util.Arrays;

import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.NamespaceDescriptor;
import org.apache.hadoop.hbase.NamespaceNotFoundException;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.io.encoding.DataBlockEncoding;
import org.apache.hadoop.hbase.util.Bytes;

/**
 * Makes tables with their namespaces and regions, which HBase's Thrift interface cannot.
 *
 * <p>An argument a table: {@code namespace:table=split,split,…}, or {@code namespace:table@seconds=split,…} where a
 * cell goes so long after its timestamp. A table that exists is left as it is.
 */
public final class CreateTable {

  private static final byte[] FAMILY = Bytes.toBytes("d");

  private CreateTable() {
  }

  public static void main(String[] arguments) throws Exception {
    try (Connection connection = ConnectionFactory.createConnection(HBaseConfiguration.create());
        Admin admin = connection.getAdmin()) {
      for (String argument : arguments) {
        String[] parts = argument.split("=", 2);
        String[] name = parts[0].split("@");
        int seconds = name.length == 1 ? HConstants.FOREVER : Integer.parseInt(name[1]);
        String[] splits = parts[1].isEmpty() ? new String[0] : parts[1].split(",");
        create(admin, TableName.valueOf(name[0]), seconds, splits);
      }
    }
  }

  private static void create(Admin admin, TableName table, int seconds, String[] splits) throws Exception {
    try {
      admin.getNamespaceDescriptor(table.getNamespaceAsString());
    } catch (NamespaceNotFoundException absent) {
      admin.createNamespace(NamespaceDescriptor.create(table.getNamespaceAsString()).build());
    }
    if (admin.tableExists(table)) {
      return;
    }
    var family = ColumnFamilyDescriptorBuilder.newBuilder(FAMILY)
        .setMaxVersions(1)
        .setTimeToLive(seconds)
        .setDataBlockEncoding(DataBlockEncoding.FAST_DIFF)
        .build();
    var descriptor = TableDescriptorBuilder.newBuilder(table).setColumnFamily(family).build();
    byte[][] keys = Arrays.stream(splits).map(Bytes::toBytes).toArray(byte[][]::new);
    admin.createTable(descriptor, keys.length == 0 ? null : keys);
  }
}
